import { executeSubscriptionEvent, buildSchema, parse, validateSubscriptionArgs } from "graphql";
import type { ExecutionResult, ValidatedSubscriptionArgs } from "graphql";
import { afterEach, expect, test, vi } from "vitest";
import { createGroups } from "../../src/execution/share.ts";
import type { Delivery, Group } from "../../src/execution/share.ts";
import type { Scope } from "../../src/operation/context.ts";
import type { StreamItem } from "../../src/operation/event-source.ts";

const schema = buildSchema(
  "type Query { a: Int } type Item { n(by: Int): Int } type Subscription { item(after: String): Item }",
);
const DOCUMENT = parse("subscription ($after: String, $by: Int) { item(after: $after) { n(by: $by) } }");

afterEach(() => void vi.useRealTimers());

interface Member {
  accountId?: string;
  userId?: string | null;
  scopes?: Scope[];
  variables?: Record<string, unknown>;
  document?: typeof DOCUMENT;
  signal?: AbortSignal;
  cursorOf?: () => string;
}

/** Each execution of an item answers with the next number, so that equal numbers are one execution. */
let executions = 0;
const fieldResolver = (source: unknown, _args: object, _context: unknown, { fieldName }: { fieldName: string }) =>
  fieldName === "item" ? source : (executions += 1);

function argsOf(member: Member): ValidatedSubscriptionArgs {
  const { accountId = "a", userId = null, scopes = ["interviews:read"], variables = {}, document = DOCUMENT } = member;
  const caller = {
    accountId,
    userId,
    tokenId: "t",
    clientId: null,
    name: "t",
    scopes: new Set(scopes),
    expiresAt: null,
  };
  const events = { cursorOf: member.cursorOf ?? (({ sequence }: { sequence: number }) => `cursor ${sequence}`) };
  const args = validateSubscriptionArgs({
    schema,
    document,
    variableValues: variables,
    contextValue: { caller, accountId, requestId: "r", events },
    fieldResolver,
    ...(member.signal && { abortSignal: member.signal }),
  });
  if (!("schema" in args)) throw new Error("The subscription is wrong.");
  return args;
}

const event = (sequence: number) =>
  ({ id: `e${sequence}`, type: "INTERVIEW_CREATED", sequence }) as unknown as StreamItem;
/** What one member is delivered of one item. */
async function deliver(group: Group | undefined, item: StreamItem): Promise<Delivery> {
  const [delivery] = await Promise.all(group?.deliver([item]) ?? []);
  if (!delivery) throw new Error("Nothing was delivered.");
  return delivery;
}
const asIs = { execute: executeSubscriptionEvent, mask: (result: ExecutionResult) => result };

/** Whether two members are handed one execution of an event. */
async function share(first: Member, second: Member): Promise<boolean> {
  const groups = createGroups(asIs);
  const members = [groups.join(argsOf(first)), groups.join(argsOf(second))];
  const [one, other] = await Promise.all(members.map((member) => deliver(member, event(1))));
  expect(one?.result.errors).toBeUndefined();
  expect(other?.cursor).toBe("cursor 1");
  return one === other;
}

test.each<[string, Member, Member, boolean]>([
  ["nothing differs", {}, {}, true],
  [
    "scopes have another order",
    { scopes: ["interviews:read", "directory:read"] },
    { scopes: ["directory:read", "interviews:read"] },
    true,
  ],
  ["one has fewer scopes", { scopes: ["interviews:read", "directory:read"] }, {}, false],
  ["one is a person", {}, { userId: "u" }, false],
  ["persons differ", { userId: "v" }, { userId: "u" }, false],
  ["accounts differ", {}, { accountId: "b" }, false],
  ["variables of the result differ", { variables: { by: 1 } }, { variables: { by: 2 } }, false],
  ["one leaves a variable out", { variables: { by: 1 } }, {}, false],
  ["they begin at different places", { variables: { by: 1, after: "x" } }, { variables: { by: 1, after: "y" } }, true],
  ["documents are parsed apart", {}, { document: parse("subscription { item { n } }") }, false],
])("subscriptions share what is delivered or not: %s", async (_name, first, second, shared) => {
  expect(await share(first, second)).toBe(shared);
  expect(await share(second, first)).toBe(shared);
});

test("a member alone has each item executed, also when others have left", async () => {
  const groups = createGroups(asIs);
  const [one, other] = [groups.join(argsOf({})), groups.join(argsOf({}))];
  const together = await deliver(one, event(1));
  expect(await deliver(one, event(1))).toBe(together);
  other.leave();
  expect(await deliver(one, event(1))).not.toBe(together);
  one.leave();
  const later = [groups.join(argsOf({})), groups.join(argsOf({}))];
  expect(await deliver(later[0], event(1))).not.toBe(together);
});

test("the end of the member that came first does not end the others", async () => {
  const groups = createGroups(asIs);
  const abort = new AbortController();
  const first = groups.join(argsOf({ signal: abort.signal }));
  const second = groups.join(argsOf({}));
  abort.abort(new Error("gone"));
  first.leave();
  expect((await deliver(second, event(1))).result).toMatchObject({ data: { item: { n: expect.any(Number) } } });
});

test("bookmarks and failures are each member's own; failures have no cursor", async () => {
  const groups = createGroups(asIs);
  const members = [groups.join(argsOf({})), groups.join(argsOf({}))];
  const bookmark = { type: "BOOKMARK", accountId: "a", sequence: 1, occurredAt: new Date() } as StreamItem;
  const [one, other] = await Promise.all(members.map((member) => deliver(member, bookmark)));
  expect(one).not.toBe(other);
  expect(one?.cursor).toBe("cursor 1");
  expect((await deliver(members[0], { type: "FAILURE", error: new Error("e") } as never))?.cursor).toBeNull();
});

test("a delivery is handed out for a second, and 50 of them at most", async () => {
  vi.useFakeTimers();
  const groups = createGroups(asIs);
  const [one, other] = [groups.join(argsOf({})), groups.join(argsOf({}))];
  const first = await deliver(one, event(1));
  vi.advanceTimersByTime(999);
  expect(await deliver(other, event(1))).toBe(first);
  vi.advanceTimersByTime(1);
  expect(await deliver(other, event(1))).not.toBe(first);
  const kept = await Promise.all(Array.from({ length: 51 }, (_, index) => deliver(one, event(100 + index))));
  expect(await deliver(other, event(101))).toBe(kept[1]);
  expect(await deliver(other, event(100))).not.toBe(kept[0]);
});

test("a delivery that fails is handled from the start, told to all, and tried again", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  let fails = true;
  const cursorOf = () => {
    if (fails) throw new Error("no cursor");
    return "cursor";
  };
  const groups = createGroups(asIs);
  const members = [groups.join(argsOf({ cursorOf })), groups.join(argsOf({ cursorOf }))];
  void members[0]?.deliver([event(1)]);
  await expect(deliver(members[1], event(1))).rejects.toThrow("no cursor");
  fails = false;
  expect(await deliver(members[1], event(1))).toMatchObject({ cursor: "cursor" });
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});
