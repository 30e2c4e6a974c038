import { PROVISIONING_OUTCOMES } from "../events/catalogue.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import type { EventFilter, StreamItem } from "../operation/event-source.ts";

export interface FollowRequest {
  /** A cursor. Null begins where the transport's reconnection left off, else with the next event. */
  after: string | null;
  filter: EventFilter;
}

/** What happens to the interviews of the caller's account. */
export async function followInterviews(
  ctx: Context,
  { after, filter }: FollowRequest,
): Promise<AsyncIterableIterator<StreamItem>> {
  requireScope(ctx, "interviews:read");
  return ctx.events.follow(ctx.accountId, { after: after ?? ctx.lastEventId, filter });
}

/** The ends of provisioning among them. */
export function followProvisioning(ctx: Context, request: FollowRequest): Promise<AsyncIterableIterator<StreamItem>> {
  return followInterviews(ctx, { ...request, filter: { ...request.filter, types: PROVISIONING_OUTCOMES } });
}
