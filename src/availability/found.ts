import { RequestError } from "../core/error.ts";
import { visibilityOf } from "../hiring/visibility.ts";
import { pageSize } from "../listing/page.ts";
import type { Page, PageArguments } from "../listing/page.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import type { StoredBlock, StoredPerson } from "../db/schema/availability.ts";
import type { Block, Reason } from "./blocks.ts";
import { searchInAccount } from "./load.ts";
import type { InterviewSearch, LoopSearch, Search } from "./load.ts";
import { Starts } from "./slots.ts";
import type { PersonSummary, Slot, Summary } from "./slots.ts";

const MINUTE = 60_000;
/** An older result says little of who is free. */
const EXPIRES_MS = 60 * MINUTE;

export type SearchStatus = Search["state"] | "EXPIRED";

/** One search for one interview, or null when there is none that the caller may see. */
export async function findSearch(ctx: Context, id: string): Promise<InterviewSearch | null> {
  const search = await findAnySearch(ctx, id);
  return search?.loop === null ? search : null;
}

/** The same for a loop. */
export async function findLoopSearch(ctx: Context, id: string): Promise<LoopSearch | null> {
  const search = await findAnySearch(ctx, id);
  return search?.loop ? search : null;
}

/** The caller's own, or any for an admin. */
async function findAnySearch(ctx: Context, id: string): Promise<Search | null> {
  requireScope(ctx, "interviews:write");
  const search = await ctx.load(searchInAccount, id);
  if (!search) return null;
  const visibility = await visibilityOf(ctx);
  return visibility.everything || (visibility.userId !== null && search.userId === visibility.userId) ? search : null;
}

/** Until when the result can be read; null when there is none. */
export function expiryOf({ state, completedAt }: Search): Date | null {
  return state === "SUCCEEDED" && completedAt ? new Date(completedAt.getTime() + EXPIRES_MS) : null;
}

export function statusOf(search: Search, now: Date): SearchStatus {
  const expiry = expiryOf(search);
  return expiry && expiry <= now ? "EXPIRED" : search.state;
}

/** A person with what the search has found of them. */
export interface FoundPerson extends StoredPerson, PersonSummary {
  isOrganizer: boolean;
}

/** The result of a search: slots and summaries are computed from the blocks when they are read. */
export class Found {
  readonly #search: InterviewSearch;
  readonly #starts: Starts;

  constructor(search: InterviewSearch) {
    const { interviewerIds, organizerId, organizerMustBeFree, startsAt, endsAt, kind, durationMinutes } = search;
    const window = { start: startsAt.getTime(), end: endsAt.getTime() };
    const participants = (search.people ?? []).map(({ userId, blocks }) => ({
      userId,
      required: organizerMustBeFree && userId === organizerId,
      interviewer: interviewerIds.includes(userId),
      blocks: blocks.map(toBlock),
    }));
    const need = kind === "PANEL" ? interviewerIds.length : 1;
    this.#search = search;
    this.#starts = new Starts({ window, need, length: durationMinutes * MINUTE }, participants);
  }

  summary(): Summary {
    return this.#starts.summary();
  }

  people(): FoundPerson[] {
    const summaries = this.#starts.people();
    const nothing = { freeStarts: 0, soleObstacleOf: 0 };
    return (this.#search.people ?? []).map((person, index) => ({
      ...person,
      ...(summaries[index] ?? nothing),
      isOrganizer: person.userId === this.#search.organizerId,
    }));
  }

  /** @throws RequestError INVALID_INPUT or CURSOR_INVALID when the arguments cannot be meant */
  page(includeUnknown: boolean, args: PageArguments): Page<Slot> {
    const { size, backward } = pageSize(args);
    const after = args.after == null ? Number.NEGATIVE_INFINITY : this.#startOf(args.after);
    const before = args.before == null ? Number.POSITIVE_INFINITY : this.#startOf(args.before);
    const starts = this.#starts.starts({ includeUnknown }).filter((start) => start > after && start < before);
    const shown = backward ? starts.slice(Math.max(0, starts.length - size)) : starts.slice(0, size);
    const edges = shown.map((start) => ({ node: this.#starts.slotAt(start), cursor: this.#cursorOf(start) }));
    const more = starts.length > shown.length;
    return {
      edges,
      pageInfo: {
        hasNextPage: backward ? args.before != null : more,
        hasPreviousPage: backward ? more : args.after != null,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
    };
  }

  #cursorOf(start: number): string {
    return Buffer.from(JSON.stringify(["slots", start, this.#search.id])).toString("base64url");
  }

  #startOf(cursor: string): number {
    try {
      const [, start, id] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as unknown[];
      if (id === this.#search.id && typeof start === "number") return start;
    } catch {
      // Told below.
    }
    throw new RequestError("CURSOR_INVALID", "This is not a cursor of the slots of this search.");
  }
}

export function toBlock([start, end, reason, interviewId]: StoredBlock): Block {
  return { start, end, reason: reason as Reason, interviewId: interviewId ?? null };
}

const results = new WeakMap<InterviewSearch, Found>();

/** The result, for as long as it stands; null before and after. */
export function foundOf(search: InterviewSearch, now: Date): Found | null {
  if (statusOf(search, now) !== "SUCCEEDED") return null;
  const found = results.get(search) ?? new Found(search);
  results.set(search, found);
  return found;
}
