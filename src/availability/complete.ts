import { and, eq, lt, sql } from "drizzle-orm";
import type { FreeBusyProvider } from "../calendar/free-busy.ts";
import { isOutage } from "../db/outage.ts";
import { availabilitySearches, freeBusyAnswers } from "../db/schema/availability.ts";
import { systemContext } from "../operation/context.ts";
import type { Context, Services } from "../operation/context.ts";
import { inTransaction } from "../operation/transaction.ts";
import type { TaskHandler } from "../tasks/runner.ts";
import { calendarsOf, loadParticipants, resultOf } from "./compute.ts";
import { askAndRemember, readSnapshot } from "./facts.ts";
import { searchInAccount } from "./load.ts";
import type { Search } from "./load.ts";
import { completeSearch } from "./tasks.ts";

/** How long the calendars of a search may take together. */
const DEADLINE_MS = 10_000;
/** A task whose worker is lost runs again within half a minute; after this it is gone. */
const LOST_AFTER_MS = 5 * 60_000;
/** A search waits for calendars, and does little else. */
const CONCURRENCY = { atOnce: 40, perAccount: 20 };
const KEPT_MS = 24 * 60 * 60_000;

/** The worker's side of `computeAvailability`. */
export function searchHandler(
  services: Services,
  freeBusy: FreeBusyProvider,
  { deadlineMs = DEADLINE_MS }: { deadlineMs?: number } = {},
): TaskHandler<{ searchId: string }> {
  return {
    task: completeSearch,
    concurrency: CONCURRENCY,
    run: async ({ searchId }, { accountId, id }) => {
      const ctx = systemContext(services, accountId, `task ${id}`);
      const search = await ctx.load(searchInAccount, searchId);
      if (search?.state !== "PENDING") return;
      try {
        await complete(ctx, freeBusy, { search, deadlineMs });
      } catch (error) {
        // The queue repeats the task until the database is back.
        if (isOutage(error)) throw error;
        services.log.error({ error, searchId }, "a search for times could not be completed");
        await endSearch(ctx, search, failure("INTERNAL_ERROR", ctx.now()));
      }
    },
  };
}

async function complete(
  ctx: Context,
  freeBusy: FreeBusyProvider,
  { search, deadlineMs }: { search: Search; deadlineMs: number },
): Promise<void> {
  const users = await loadParticipants(ctx, search);
  const userIds = users.map(({ id }) => id);
  const calendars = calendarsOf(users);
  const { answers: fresh } = await readSnapshot(ctx, search, { userIds: [], calendars });
  const asked = calendars.filter((calendar) => !fresh.has(calendar));
  const told = await askAndRemember(ctx, freeBusy, { search, calendars: asked, deadlineMs });
  // Seats are read at the end: what was booked while the calendars were asked counts.
  const snapshot = await readSnapshot(ctx, search, { userIds, calendars: [] });
  const answers = new Map([...fresh, ...told]);
  await endSearch(ctx, search, resultOf(search, { users, snapshot: { ...snapshot, answers }, now: ctx.now() }));
}

type End = Partial<Pick<Search, "people" | "asOfCursor" | "errorCode" | "errorMessage">> &
  Pick<Search, "state" | "completedAt">;

/** Ends a search that has not ended, and wakes those who follow it. */
async function endSearch(ctx: Context, { accountId, id }: Search, end: End): Promise<void> {
  const { accountId: ofAccount, id: ofId, state } = availabilitySearches;
  await inTransaction(ctx, (tx) =>
    tx
      .update(availabilitySearches)
      .set(end)
      .where(and(eq(ofAccount, accountId), eq(ofId, id), eq(state, "PENDING"))),
  );
}

const MESSAGES = {
  INTERNAL_ERROR: "The search met a fault of the gateway. Start another one.",
  LOST: "The search was lost. Start another one.",
};

const failure = (errorCode: keyof typeof MESSAGES, completedAt: Date) => {
  return { state: "FAILED" as const, errorCode, errorMessage: MESSAGES[errorCode], completedAt };
};

/** Ends searches whose task is gone; how many there were. */
export async function failLostSearches({ db, now, wake }: Pick<Services, "db" | "now" | "wake">): Promise<number> {
  const { createdAt, state } = availabilitySearches;
  const lost = lt(createdAt, new Date(now().getTime() - LOST_AFTER_MS));
  const { count } = await db
    .update(availabilitySearches)
    .set(failure("LOST", now()))
    .where(and(eq(state, "PENDING"), lost));
  if (count > 0) wake();
  return count;
}

/** Deletes searches of yesterday, and answers of calendars that are no longer fresh. */
export async function pruneSearches({ db, now }: Pick<Services, "db" | "now">): Promise<void> {
  const before = (ms: number) => sql`${new Date(now().getTime() - ms).toISOString()}::timestamptz`;
  await db.delete(availabilitySearches).where(lt(availabilitySearches.createdAt, before(KEPT_MS)));
  await db.delete(freeBusyAnswers).where(lt(freeBusyAnswers.answeredAt, before(LOST_AFTER_MS)));
}
