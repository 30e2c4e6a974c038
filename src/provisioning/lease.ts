import { and, eq, isNull, lte, or, sql } from "drizzle-orm";
import type { Executor } from "../db/client.ts";
import { interviews } from "../db/schema/interview.ts";
import { provisionings } from "../db/schema/provisioning.ts";
import type { Context } from "../operation/context.ts";

/** How long a run may be silent before another takes its interview over. Longer than the longest PROVIDER_TIMEOUT_MS. */
const LEASE_MS = 150_000;

/** One run of the task, for one interview. */
export interface Run {
  interviewId: string;
  /** Of the queue; the same when it repeats the run of a worker that was lost. */
  task: string;
  /** `<task>/<what tells its runs apart>`. */
  runner: string;
}

/**
 * Makes this the only run that reconciles the interview. Takes over from a run of the same task at once, since that one is lost.
 * @returns false when another run is at it, or the next attempt is planned for later
 */
export async function takeLease(ctx: Context, { interviewId, task, runner }: Run): Promise<boolean> {
  const now = ctx.now();
  const { nextAttemptAt } = provisionings;
  const lease = { runner, leasedUntil: leaseEnd(ctx) };
  const free = or(isNull(provisionings.runner), isRunOf(task), lte(provisionings.leasedUntil, now));
  const due = or(isNull(nextAttemptAt), lte(nextAttemptAt, now));
  const taken = await ctx.db
    .insert(provisionings)
    .values({ accountId: ctx.accountId, interviewId, ...lease })
    .onConflictDoUpdate({
      target: [provisionings.accountId, provisionings.interviewId],
      set: lease,
      setWhere: sql`${and(free, due)}`,
    })
    .returning({ runner: provisionings.runner });
  return taken.length > 0;
}

/** @returns false when the lease was lost: another run does the rest */
export async function renewLease(ctx: Context, run: Run): Promise<boolean> {
  const renewed = await ctx.db
    .update(provisionings)
    .set({ leasedUntil: leaseEnd(ctx) })
    .where(isHeld(ctx, run))
    .returning({ runner: provisionings.runner });
  return renewed.length > 0;
}

/**
 * Extends the lease within the statement that begins an effect, so that a run which has lost it cannot begin one. No row when
 * it was lost, or the interview has been changed since `revision`, or has settled.
 */
export function leaseForEffect(ctx: Context, run: Run, revision: number) {
  const unchanged = sql`exists (select from ${interviews} where ${and(
    eq(interviews.accountId, ctx.accountId),
    eq(interviews.id, run.interviewId),
    eq(interviews.revision, revision),
    eq(interviews.provisioningState, "PENDING"),
  )})`;
  const { accountId, interviewId } = provisionings;
  return ctx.db.$with("held").as(
    ctx.db
      .update(provisionings)
      .set({ leasedUntil: leaseEnd(ctx) })
      .where(and(isHeld(ctx, run), unchanged))
      .returning({ accountId, interviewId }),
  );
}

/** @returns false when it was lost before */
export async function releaseLease(ctx: Context, run: Run, executor: Executor = ctx.db): Promise<boolean> {
  const released = await executor
    .update(provisionings)
    .set({ runner: null, leasedUntil: null })
    .where(isHeld(ctx, run))
    .returning({ interviewId: provisionings.interviewId });
  return released.length > 0;
}

export function isHeld({ accountId }: Context, { interviewId, runner }: Run) {
  return and(
    eq(provisionings.accountId, accountId),
    eq(provisionings.interviewId, interviewId),
    eq(provisionings.runner, runner),
  );
}

const isRunOf = (task: string) => sql`split_part(${provisionings.runner}, '/', 1) = ${task}`;

const leaseEnd = (ctx: Context): Date => new Date(ctx.now().getTime() + LEASE_MS);
