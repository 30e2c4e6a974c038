import { and, eq, sql } from "drizzle-orm";
import type { Effect } from "../calendar/provider.ts";
import { provisioningSteps } from "../db/schema/provisioning.ts";
import type { Context } from "../operation/context.ts";
import type { Interview } from "./request.ts";

export interface Step<Q extends object, R extends object> {
  interview: Interview;
  /** Tells the steps of one interview apart. */
  step: string;
  /** What the provider is asked for. Plain JSON: a repetition sends what the first attempt stored. */
  request: Q;
  perform: (request: Q, effect: Effect) => Promise<R>;
}

/**
 * Has an effect performed once. The request is stored with its key before the call, so that a repetition sends the same
 * request whatever has changed since; a step whose result is stored is not asked of the provider again.
 */
export async function performStep<Q extends object, R extends object>(
  ctx: Context,
  { interview, step, request, perform }: Step<Q, R>,
): Promise<R> {
  const { accountId, id: interviewId } = interview;
  const { accountId: account, interviewId: of, step: name } = provisioningSteps;
  const effectKey = `${interviewId}/${step}`;
  const [stored] = await ctx.db
    .insert(provisioningSteps)
    .values({ accountId, interviewId, step, effectKey, request })
    .onConflictDoUpdate({ target: [account, of, name], set: { step: sql`excluded.step` } })
    .returning({ request: provisioningSteps.request, result: provisioningSteps.result });
  if (stored?.result) return stored.result as R;
  const result = await perform((stored?.request ?? request) as Q, { accountId, effectKey });
  await ctx.db
    .update(provisioningSteps)
    .set({ result, completedAt: ctx.now() })
    .where(and(eq(account, accountId), eq(of, interviewId), eq(name, step), sql`${provisioningSteps.result} is null`));
  return result;
}
