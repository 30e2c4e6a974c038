import { ProviderError } from "../calendar/error.ts";
import type { Providers } from "../calendar/provider.ts";
import { newId } from "../core/id.ts";
import { interviewInAccount, provisioningOfInterview } from "../interview/load.ts";
import type { Interview } from "../interview/load.ts";
import { provisionInterview } from "../interview/tasks.ts";
import { systemContext } from "../operation/context.ts";
import type { Context, Services } from "../operation/context.ts";
import { inTransaction } from "../operation/transaction.ts";
import { enqueue } from "../tasks/enqueue.ts";
import type { TaskHandler } from "../tasks/runner.ts";
import { loadArrangement } from "./arrangement.ts";
import { recordFailedAttempt } from "./attempt.ts";
import { performEffect, readLedger, reopenEffect, startEffect } from "./effect.ts";
import { releaseLease, renewLease, takeLease } from "./lease.ts";
import type { Run } from "./lease.ts";
import { conferenceUrlOf, nextStep } from "./next-step.ts";
import { advanceSequence, settle } from "./settle.ts";

/** After this a run looks again at an interview that another one holds. */
const BUSY_MS = 2_000;

/** The worker's side of `provisionInterview`. */
export function provisioningHandler(services: Services, providers: Providers): TaskHandler<{ interviewId: string }> {
  return {
    task: provisionInterview,
    run: ({ interviewId }, { accountId, id }) => {
      const fresh = () => systemContext(services, accountId, `task ${id}`);
      return reconcileInterview(fresh, providers, { interviewId, task: id, runner: `${id}/${newId()}` });
    },
  };
}

/**
 * Makes the outside match the record, effect by effect, until nothing differs. A change that is committed meanwhile is taken
 * in before the next effect.
 * @param fresh a context that has loaded nothing yet
 */
async function reconcileInterview(fresh: () => Context, providers: Providers, run: Run): Promise<void> {
  const ctx = fresh();
  let interview = await pendingInterview(ctx, run);
  if (!interview) return;
  if (!(await takeLease(ctx, run))) return lookAgain(ctx, run);
  try {
    for (;;) {
      if (await reconcileRevision(fresh(), providers, { run, interview })) return;
      if (!(await renewLease(ctx, run))) return;
      const latest = await pendingInterview(fresh(), run);
      if (!latest) break;
      interview = latest;
    }
    await releaseLease(ctx, run);
  } catch (error) {
    await recordFailedAttempt(ctx, { run, revision: interview.revision }, error);
  }
}

async function pendingInterview(ctx: Context, { interviewId }: Run): Promise<Interview | null> {
  const interview = await ctx.load(interviewInAccount, interviewId);
  if (!interview) throw new Error("There is no interview with the id of this task.");
  return interview.provisioningState === "PENDING" ? interview : null;
}

/** @returns whether the interview has settled; false when there is something new to look at */
async function reconcileRevision(
  ctx: Context,
  providers: Providers,
  { run, interview }: { run: Run; interview: Interview },
): Promise<boolean> {
  const [arrangement, ledger] = await Promise.all([loadArrangement(ctx, interview), readLedger(ctx, interview.id)]);
  const place = { run, interview, ledger };
  for (;;) {
    const step = nextStep(arrangement, ledger, ctx.now());
    if (!step) return settle(ctx, run, { interview, conferenceUrl: conferenceUrlOf(arrangement, ledger) });
    if (step.kind === "advance-sequence") {
      await advanceSequence(ctx, run, interview);
      return false;
    }
    const entry = await (step.kind === "repeat" ? reopenEffect(ctx, place, step.entry) : startEffect(ctx, place, step));
    if (!entry) return false;
    await performEffect(ctx, providers, { place, entry }).catch((error: unknown) => {
      if (!(isFinal(error) && entry.interviewRevision < interview.revision)) throw error;
    });
  }
}

/** What an earlier revision asked for may be refused for good: the present one asks for something else. */
const isFinal = (error: unknown) => error instanceof ProviderError && !error.retryable;

/** When another run is at it, or when the next attempt is due. */
async function lookAgain(ctx: Context, { interviewId }: Run): Promise<void> {
  const planned = (await ctx.load(provisioningOfInterview, interviewId))?.nextAttemptAt?.getTime() ?? 0;
  const notBefore = new Date(Math.max(ctx.now().getTime() + BUSY_MS, planned));
  await inTransaction(ctx, (tx) => enqueue(tx, ctx, { task: provisionInterview, payload: { interviewId }, notBefore }));
}
