import { and, eq } from "drizzle-orm";
import { provisioningSteps } from "../db/schema/provisioning.ts";
import type { Context } from "../operation/context.ts";
import type { Interview } from "./request.ts";

/**
 * Has an effect performed once: a step whose result is stored is not asked of the provider again, and one that was
 * interrupted is repeated under the same effect key.
 */
export async function performStep<R extends Record<string, unknown>>(
  ctx: Context,
  { interview, step }: { interview: Interview; step: string },
  effect: (effectKey: string) => Promise<R>,
): Promise<R> {
  const { accountId, id: interviewId } = interview;
  const [done] = await ctx.db
    .select({ result: provisioningSteps.result })
    .from(provisioningSteps)
    .where(
      and(
        eq(provisioningSteps.accountId, accountId),
        eq(provisioningSteps.interviewId, interviewId),
        eq(provisioningSteps.step, step),
      ),
    );
  if (done) return done.result as R;
  const effectKey = `${interviewId}/${step}`;
  const result = await effect(effectKey);
  await ctx.db
    .insert(provisioningSteps)
    .values({ accountId, interviewId, step, effectKey, result, completedAt: ctx.now() })
    .onConflictDoNothing();
  return result;
}
