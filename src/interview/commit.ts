import { and, asc, eq, getTableColumns, inArray, sql } from "drizzle-orm";
import type { Transaction } from "../db/client.ts";
import { interviewers, interviews } from "../db/schema/interview.ts";
import { provisionings } from "../db/schema/provisioning.ts";
import { recordEvent } from "../events/record.ts";
import type { Context } from "../operation/context.ts";
import type { InterviewEventType } from "../operation/event-source.ts";
import { enqueue } from "../tasks/enqueue.ts";
import { factsOfChange } from "./facts.ts";
import { fieldChanges } from "./field.ts";
import type { FieldChange, StoredInterview } from "./field.ts";
import type { Interview, Interviewer } from "./load.ts";
import { provisionInterview } from "./tasks.ts";

/** The event that tells a change. */
export interface ChangeEvent {
  type: InterviewEventType;
  /** Why, in the caller's words. */
  reason?: string | null | undefined;
  detail?: Record<string, unknown> | undefined;
}

/** What is written of an interview that exists. */
export interface RecordChange {
  /** Columns with their new values; versions, times of change and what follows from `reconcile` are set here. */
  set: Partial<Omit<Interview, "accountId" | "id" | "version">>;
  /** All seats as they are to be; left out when none changes. */
  seats?: Interviewer[] | undefined;
  /** Whether a caller asked for it, whom another caller's `expectedVersion` then contradicts. */
  edited: boolean;
  /** Whether the outside must follow. */
  reconcile: boolean;
  event: ChangeEvent;
}

/** Reads an interview and holds it until the transaction ends; null when there is none. */
export async function lockInterview(
  tx: Transaction,
  { accountId }: Context,
  id: string,
): Promise<StoredInterview | null> {
  const [interview] = await tx
    .select()
    .from(interviews)
    .where(and(eq(interviews.accountId, accountId), eq(interviews.id, id)))
    .for("update");
  if (!interview) return null;
  const seats = await tx
    .select()
    .from(interviewers)
    .where(and(eq(interviewers.accountId, accountId), eq(interviewers.interviewId, id)))
    .orderBy(asc(interviewers.position));
  return { interview, seats };
}

/** Writes a new interview with its seats, its task and its event, which is the last statement of the transaction. */
export async function commitInterview(
  tx: Transaction,
  ctx: Context,
  { row, seats, event }: { row: typeof interviews.$inferInsert; seats: Interviewer[]; event: ChangeEvent },
): Promise<Interview> {
  const [interview] = await tx.insert(interviews).values(row).returning().prepare("insert_interview").execute();
  await tx.insert(interviewers).values(seats).prepare("insert_interviewers").execute();
  if (!interview) throw new Error("An insert returned no row.");
  if (interview.provisioningState === "PENDING") await enqueueProvisioning(tx, ctx, interview.id);
  await record(tx, ctx, { before: null, after: { interview, seats }, event });
  return interview;
}

/** Writes a change of an interview that is locked, with its task and its event, the last statement of the transaction. */
export async function commitChange(
  tx: Transaction,
  ctx: Context,
  { before, change }: { before: StoredInterview; change: RecordChange },
): Promise<StoredInterview> {
  const { interview: old } = before;
  const version = old.version + 1;
  const [interview] = await tx
    .update(interviews)
    .set({
      ...change.set,
      version,
      updatedAt: ctx.now(),
      ...(change.edited && { editedVersion: version }),
      ...(change.reconcile && { revision: old.revision + 1, provisioningState: "PENDING" }),
    })
    .where(and(eq(interviews.accountId, old.accountId), eq(interviews.id, old.id)))
    .returning();
  if (!interview) throw new Error("A locked interview is gone.");
  if (change.seats) await writeSeats(tx, before, change.seats);
  if (change.reconcile) await startReconciling(tx, ctx, old.id);
  const after = { interview, seats: change.seats ?? before.seats };
  await record(tx, ctx, { before, after, event: change.event });
  return after;
}

/** What a change will be told to have changed, without the state of provisioning, which follows by itself. */
export function editedFields(changes: readonly FieldChange[]): FieldChange["field"][] {
  return changes.map(({ field }) => field).filter((field) => !FOLLOWING.includes(field));
}

const FOLLOWING: readonly FieldChange["field"][] = ["PROVISIONING", "CONFERENCE_URL", "RSVP"];

interface Recorded {
  before: StoredInterview | null;
  after: StoredInterview;
  event: ChangeEvent;
}

function record(tx: Transaction, ctx: Context, { before, after, event }: Recorded): Promise<void> {
  const { id, version } = after.interview;
  const subject = { type: "INTERVIEW", id, version } as const;
  const facts = factsOfChange(before, after);
  return recordEvent(tx, ctx, { ...event, subject, facts, changes: fieldChanges(before, after) });
}

/** One statement for those that leave and one for those that join or differ, however many there are. */
async function writeSeats(tx: Transaction, { interview, seats: old }: StoredInterview, seats: Interviewer[]) {
  const kept = new Set(seats.map(({ userId }) => userId));
  const removed = old.map(({ userId }) => userId).filter((userId) => !kept.has(userId));
  if (removed.length > 0) {
    const { accountId, interviewId, userId } = interviewers;
    const ofInterview = and(eq(accountId, interview.accountId), eq(interviewId, interview.id));
    await tx.delete(interviewers).where(and(ofInterview, inArray(userId, removed)));
  }
  const known = new Map(old.map((seat) => [seat.userId, seat]));
  const written = seats.filter((seat) => {
    const was = known.get(seat.userId);
    return !was || !sameSeat(was, seat);
  });
  if (written.length === 0) return;
  const { accountId, interviewId, userId, ...rest } = getTableColumns(interviewers);
  const set = Object.fromEntries(Object.entries(rest).map(([key, { name }]) => [key, sql.raw(`excluded.${name}`)]));
  await tx
    .insert(interviewers)
    .values(written)
    .onConflictDoUpdate({ target: [accountId, interviewId, userId], set });
}

const sameSeat = (one: Interviewer, other: Interviewer): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Attempts are counted again from the change on. */
async function startReconciling(tx: Transaction, ctx: Context, interviewId: string): Promise<void> {
  await tx
    .update(provisionings)
    .set({ attempts: 0, errorCode: null, errorMessage: null, errorRetryable: null, nextAttemptAt: null })
    .where(and(eq(provisionings.accountId, ctx.accountId), eq(provisionings.interviewId, interviewId)));
  await enqueueProvisioning(tx, ctx, interviewId);
}

const enqueueProvisioning = (tx: Transaction, ctx: Context, interviewId: string): Promise<void> =>
  enqueue(tx, ctx, { task: provisionInterview, payload: { interviewId } });
