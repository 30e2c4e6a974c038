import { Kind, visit } from "graphql";
import type { DocumentNode, ExecutionResult, OperationDefinitionNode, ValidatedSubscriptionArgs } from "graphql";
import type { RequestErrorCode } from "../core/error.ts";
import { StreamInterrupted } from "../events/failure.ts";
import { createContext } from "../operation/context.ts";
import type { Caller, Context } from "../operation/context.ts";
import type { LogPosition, StreamItem } from "../operation/event-source.ts";
import { withoutStatus } from "./errors.ts";

/** How long later subscribers get the same result; after that the fields are resolved again. */
const SHARED_MS = 1_000;
/** How many results a group caches; for a slower subscriber they are resolved again. */
const MAX_SHARED = 50;
/** Says where a stream begins, and nothing of what it delivers. */
const BEGIN: ReadonlySet<string> = new Set(["after", "from"]);

/** The event itself is not at fault: later its fields can be resolved. */
const UNANSWERED: ReadonlySet<unknown> = new Set<RequestErrorCode>(["DATABASE_UNAVAILABLE", "DEADLINE_EXCEEDED"]);

/** The result of one item of a stream; equal subscriptions get the same object. */
export interface Delivery {
  result: ExecutionResult;
  /** The result as JSON; empty for a bookmark that is not delivered. */
  text: string;
  /** Of the place after the item; null when the stream has failed. */
  cursor: string | null;
  /** Set on what is no result, but says that nothing will follow. */
  complete?: true;
}

/** Subscriptions that are delivered the same: equal document, variables and rights. */
export interface Group {
  /**
   * Executes each item once for all subscribers that ask within a second; the items of one call share a set of loaders. A
   * promise rejects with StreamInterrupted when the database could not answer; asked again, it tries again.
   */
  deliver(items: readonly StreamItem[]): Promise<Delivery>[];
  cursorOf(position: LogPosition): string;
  leave(): void;
}

/** Resolves what is selected of an event, which is the root value. */
export type ExecuteEvent = (args: ValidatedSubscriptionArgs) => ExecutionResult | Promise<ExecutionResult>;

interface GroupsOptions {
  execute: ExecuteEvent;
  /** Decides what a client may see of an error. */
  mask: (result: ExecutionResult) => ExecutionResult;
}

export function createGroups(options: GroupsOptions) {
  const groups = new Map<string, SharedGroup>();
  return {
    join(args: ValidatedSubscriptionArgs): Group {
      const key = groupKey(args);
      const group = groups.get(key) ?? new SharedGroup(args, options);
      groups.set(key, group);
      group.members += 1;
      return {
        deliver: (items) => group.deliver(items),
        cursorOf: (position) => (args.contextValue as Context).events.cursorOf(position),
        leave() {
          group.members -= 1;
          if (group.members === 0) groups.delete(key);
        },
      };
    },
  };
}

class SharedGroup {
  members = 0;
  readonly #args: ValidatedSubscriptionArgs;
  readonly #options: GroupsOptions;
  readonly #deliveries = new Map<number, Promise<Delivery>>();

  constructor(args: ValidatedSubscriptionArgs, options: GroupsOptions) {
    // The end of the member that came first must not end the others.
    this.#args = { ...args, externalAbortSignal: undefined };
    this.#options = options;
  }

  /** In a context of their own: loaders that outlive the items would answer the next ones from what these saw. */
  deliver(items: readonly StreamItem[]): Promise<Delivery>[] {
    const context = this.#args.contextValue as Context;
    const fresh = createContext(context, context.caller, context);
    const deliveries = items.map((item) => this.#deliver(item, fresh));
    // Handled from the start: what follows a failure is not waited for.
    for (const delivery of deliveries) delivery.catch(() => {});
    return deliveries;
  }

  #deliver(item: StreamItem, context: Context): Promise<Delivery> {
    if (this.members === 1 || !("id" in item)) return this.#execute(item, context);
    const { sequence } = item;
    const known = this.#deliveries.get(sequence);
    if (known) return known;
    const delivery = this.#execute(item, context);
    this.#deliveries.set(sequence, delivery);
    // Handled from the start, and not shared with later subscribers.
    delivery.catch(() => this.#deliveries.delete(sequence));
    const [oldest] = this.#deliveries.keys();
    if (this.#deliveries.size > MAX_SHARED && oldest !== undefined) this.#deliveries.delete(oldest);
    setTimeout(() => this.#deliveries.delete(sequence), SHARED_MS).unref();
    return delivery;
  }

  async #execute(item: StreamItem, contextValue: Context): Promise<Delivery> {
    const { events } = contextValue;
    if (item.type === "BOOKMARK" && item.silent) return { result: {}, text: "", cursor: events.cursorOf(item) };
    const { execute, mask } = this.#options;
    const result = mask(await execute({ ...this.#args, rootValue: item, contextValue }));
    const unanswered = result.errors?.find(({ extensions }) => UNANSWERED.has(extensions["code"]));
    if (unanswered && item.type !== "FAILURE") {
      throw new StreamInterrupted({ accountId: item.accountId, sequence: item.sequence - 1 }, unanswered);
    }
    const cursor = item.type === "FAILURE" ? null : events.cursorOf(item);
    return { result, text: toText(result), cursor };
  }
}

/** A result as JSON, for streams and sockets. */
export function toText({ errors, ...rest }: ExecutionResult): string {
  return JSON.stringify(errors ? { ...rest, errors: errors.map(withoutStatus) } : rest);
}

const documents = new WeakMap<object, number>();
let documentCount = 0;

/** Documents are parsed once for each text, so the same text is the same object. */
function documentNumber(document: object): number {
  const known = documents.get(document);
  if (known) return known;
  documentCount += 1;
  documents.set(document, documentCount);
  return documentCount;
}

function groupKey({ document, operation, variableValues, contextValue }: ValidatedSubscriptionArgs): string {
  const used = variablesOfResult(document, operation);
  const variables = Object.entries(variableValues.coerced).filter(([name]) => used.has(name));
  return JSON.stringify([documentNumber(operation), rights((contextValue as Context).caller), variables]);
}

const rights = ({ accountId, userId, scopes }: Caller) => [accountId, userId, [...scopes].toSorted()];

/** Names of the variables that a result can depend on: all but those that only say where the stream begins. */
function variablesOfResult(document: DocumentNode, { selectionSet }: OperationDefinitionNode): ReadonlySet<string> {
  const roots = selectionSet.selections.filter((selection) => selection.kind === Kind.FIELD);
  const begins = new Set(roots.flatMap((field) => field.arguments?.filter(({ name }) => BEGIN.has(name.value)) ?? []));
  const names = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Argument: (node) => (begins.has(node) ? false : undefined),
    Variable: (node) => void names.add(node.name.value),
  });
  return names;
}
