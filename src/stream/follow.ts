import { PROVISIONING_OUTCOMES } from "../events/catalogue.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import type { EventFilter, FollowOptions, ItemStream, StreamStart } from "../operation/event-source.ts";
import { joinFollowers, findSeen } from "./audience.ts";
import { asksAboutJob } from "../discovery/filter.ts";
import { VisibleStream } from "./visible-stream.ts";

const BOOKMARK_MS = 30_000;

export interface FollowRequest {
  /** Where the first connection begins: a cursor, or null for where `from` says. A reconnection begins where it left off. */
  after: string | null;
  from: StreamStart;
  filter: EventFilter;
}

/** What happens to the interviews of the caller's account, as far as the caller sees them when they are told of it. */
export async function followInterviews(
  ctx: Context,
  { after, from, filter }: FollowRequest,
  { silentBookmarks }: Pick<FollowOptions, "silentBookmarks"> = {},
): Promise<ItemStream> {
  requireScope(ctx, "interviews:read");
  const items = await ctx.events.follow(ctx.accountId, {
    after: ctx.lastEventId ?? after,
    from,
    filter,
    silentBookmarks,
  });
  const { userId, expiresAt } = ctx.caller;
  if (userId === null) return items;
  const follower = { userId, ofSeenApplications: asksAboutJob(filter) };
  return new VisibleStream({
    items,
    seenOf: (events, { shared }) => findSeen(ctx, follower, { events, shared }),
    expired: () => expiresAt !== null && expiresAt <= ctx.now(),
    bookmarkMs: BOOKMARK_MS,
    silentBookmarks,
    onEnd: joinFollowers(ctx, follower),
  });
}

/** The ends of provisioning among them. */
export function followProvisioning(ctx: Context, request: FollowRequest): Promise<ItemStream> {
  const outcomes = { ...request, filter: { ...request.filter, types: PROVISIONING_OUTCOMES } };
  return followInterviews(ctx, outcomes, { silentBookmarks: true });
}
