import { PROVISIONING_OUTCOMES } from "../events/catalogue.ts";
import type { InterviewEvent } from "../events/catalogue.ts";
import { filterStream } from "../events/filter.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";

/** The ends of provisioning in the caller's account, behind the cursor or from now on. */
export async function followProvisioning(
  ctx: Context,
  after: string | null | undefined,
): Promise<AsyncIterableIterator<InterviewEvent>> {
  requireScope(ctx, "interviews:read");
  const events = await ctx.events.follow(ctx.accountId, after ?? null);
  return filterStream(events, ({ type }) => PROVISIONING_OUTCOMES.includes(type));
}
