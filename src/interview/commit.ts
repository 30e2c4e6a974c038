import { and, asc, eq, getTableColumns, inArray, sql } from "drizzle-orm";
import type { Transaction } from "../db/client.ts";
import { interviewers, interviews } from "../db/schema/interview.ts";
import { provisionings } from "../db/schema/provisioning.ts";
import { recordEvents } from "../events/record.ts";
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

/** A change of an interview as it is stored. */
export interface Edit {
  before: StoredInterview;
  change: RecordChange;
}

/** Reads an interview and holds it until the transaction ends; null when there is none. */
export async function lockInterview(tx: Transaction, ctx: Context, id: string): Promise<StoredInterview | null> {
  const [stored] = await lockInterviews(tx, ctx, [id]);
  return stored ?? null;
}

/**
 * The same of several, by id: in one order, so that writers never wait for each other in a circle. Provisioning holds its own
 * row when it records an effect, which refers to the interview; so these rows come first, before the first interview is held.
 */
export async function lockInterviews(
  tx: Transaction,
  { accountId }: Context,
  ids: readonly string[],
): Promise<StoredInterview[]> {
  const progress = tx
    .select({ one: sql`1` })
    .from(provisionings)
    .where(and(eq(provisionings.accountId, accountId), inArray(provisionings.interviewId, [...ids])))
    .orderBy(asc(provisionings.interviewId))
    .for("update");
  const rows = await tx
    .select()
    .from(interviews)
    .where(
      and(
        eq(interviews.accountId, accountId),
        inArray(interviews.id, [...ids]),
        sql`(select count(*) from ${progress.as("progress")}) >= 0`,
      ),
    )
    .orderBy(asc(interviews.id))
    .for("update");
  if (rows.length === 0) return [];
  const seats = await tx
    .select()
    .from(interviewers)
    .where(and(eq(interviewers.accountId, accountId), inArray(interviewers.interviewId, [...ids])))
    .orderBy(asc(interviewers.position));
  return rows.map((interview) => ({
    interview,
    seats: seats.filter(({ interviewId }) => interviewId === interview.id),
  }));
}

/** A new interview as it is to be written. */
export interface NewInterview {
  row: typeof interviews.$inferInsert;
  seats: Interviewer[];
  event: ChangeEvent;
}

/** Writes new interviews with their seats, tasks and events, which are the last statement of the transaction. */
export async function commitInterviews(tx: Transaction, ctx: Context, added: NewInterview[]): Promise<Interview[]> {
  const rows = await tx
    .insert(interviews)
    .values(added.map(({ row }) => row))
    .returning()
    .prepare("insert_interviews")
    .execute();
  await tx
    .insert(interviewers)
    .values(added.flatMap(({ seats }) => seats))
    .prepare("insert_interviewers")
    .execute();
  const written = added.map(({ row, seats, event }) => {
    const interview = rows.find(({ id }) => id === row.id);
    if (!interview) throw new Error("An insert returned no row.");
    return { before: null, after: { interview, seats }, event };
  });
  const stored = written.map(({ after }) => after.interview);
  const provisioned = stored.filter(({ provisioningState }) => provisioningState === "PENDING");
  await Promise.all(provisioned.map(({ id }) => enqueueProvisioning(tx, ctx, id)));
  await record(tx, ctx, written);
  return stored;
}

/** Writes a change of an interview that is locked, with its task and its event, the last statement of the transaction. */
export async function commitChange(tx: Transaction, ctx: Context, edit: Edit): Promise<StoredInterview> {
  const [after] = await commitChanges(tx, ctx, [edit]);
  if (!after) throw new Error("A change was not written.");
  return after;
}

/** The same of several interviews, whose seats may change places. */
export async function commitChanges(tx: Transaction, ctx: Context, edits: readonly Edit[]): Promise<StoredInterview[]> {
  const released = await releaseSeats(tx, ctx, edits);
  const rows = await Promise.all(released.map((edit) => writeRow(tx, ctx, edit)));
  await writeSeats(tx, released);
  const following = released.filter(({ change }) => change.reconcile);
  await startReconciling(
    tx,
    ctx,
    following.map(({ before }) => before.interview.id),
  );
  const written = released.flatMap(({ before, change }, index) => {
    const interview = rows[index];
    return interview
      ? [{ before, after: { interview, seats: change.seats ?? before.seats }, event: change.event }]
      : [];
  });
  await record(tx, ctx, written);
  return written.map(({ after }) => after);
}

/** Frees the seats that will be written, so that one may take the time that another one has had. */
async function releaseSeats(tx: Transaction, { accountId }: Context, edits: readonly Edit[]): Promise<Edit[]> {
  const moving = edits.filter(({ change }) => change.seats).map(({ before }) => before.interview.id);
  if (moving.length < 2) return [...edits];
  await tx
    .update(interviewers)
    .set({ claim: "RELEASED" })
    .where(and(eq(interviewers.accountId, accountId), inArray(interviewers.interviewId, moving)));
  return edits.map(({ before, change }) => {
    if (!change.seats) return { before, change };
    const seats = before.seats.map((seat) => ({ ...seat, claim: "RELEASED" as const }));
    return { before: { ...before, seats }, change };
  });
}

async function writeRow(tx: Transaction, ctx: Context, { before, change }: Edit): Promise<Interview> {
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
  return interview;
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

function record(tx: Transaction, ctx: Context, written: readonly Recorded[]): Promise<void> {
  const added = written.map(({ before, after, event }) => {
    const { id, version } = after.interview;
    const subject = { type: "INTERVIEW", id, version } as const;
    return { ...event, subject, facts: factsOfChange(before, after), changes: fieldChanges(before, after) };
  });
  return recordEvents(tx, ctx, added);
}

/** One statement for all that join or differ; those that leave an interview leave in one of its own. */
async function writeSeats(tx: Transaction, edits: readonly Edit[]): Promise<void> {
  const { accountId, interviewId, userId, ...rest } = getTableColumns(interviewers);
  const written: Interviewer[] = [];
  for (const { before, change } of edits) {
    const { interview, seats: old } = before;
    const seats = change.seats ?? old;
    const removed = old
      .filter((seat) => !seats.some((other) => other.userId === seat.userId))
      .map((seat) => seat.userId);
    if (removed.length > 0) {
      const ofInterview = and(eq(accountId, interview.accountId), eq(interviewId, interview.id));
      await tx.delete(interviewers).where(and(ofInterview, inArray(userId, removed)));
    }
    const known = new Map(old.map((seat) => [seat.userId, seat]));
    written.push(...seats.filter((seat) => !sameSeat(known.get(seat.userId), seat)));
  }
  if (written.length === 0) return;
  const set = Object.fromEntries(Object.entries(rest).map(([key, { name }]) => [key, sql.raw(`excluded.${name}`)]));
  await tx
    .insert(interviewers)
    .values(written)
    .onConflictDoUpdate({ target: [accountId, interviewId, userId], set });
}

const sameSeat = (was: Interviewer | undefined, seat: Interviewer): boolean =>
  was !== undefined && JSON.stringify(was) === JSON.stringify(seat);

/** Attempts are counted again from the change on. */
async function startReconciling(tx: Transaction, ctx: Context, interviewIds: readonly string[]): Promise<void> {
  if (interviewIds.length === 0) return;
  await tx
    .update(provisionings)
    .set({ attempts: 0, errorCode: null, errorMessage: null, errorRetryable: null, nextAttemptAt: null })
    .where(and(eq(provisionings.accountId, ctx.accountId), inArray(provisionings.interviewId, [...interviewIds])));
  await Promise.all(interviewIds.map((id) => enqueueProvisioning(tx, ctx, id)));
}

const enqueueProvisioning = (tx: Transaction, ctx: Context, interviewId: string): Promise<void> =>
  enqueue(tx, ctx, { task: provisionInterview, payload: { interviewId } });
