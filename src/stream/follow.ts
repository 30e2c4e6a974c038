import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import type { FollowOptions, InterviewEventType, ItemStream, StreamStart } from "../operation/event-source.ts";
import { joinFollowers, findSeen } from "./audience.ts";
import { asksAboutJob } from "../discovery/filter.ts";
import type { InterviewFilter } from "../discovery/filter.ts";
import { relevanceOf } from "../discovery/match.ts";
import { VisibleStream } from "./visible-stream.ts";

const BOOKMARK_MS = 30_000;
/** Provisioning has ended, well or badly. */
const PROVISIONING_OUTCOMES: readonly InterviewEventType[] = ["INTERVIEW_PROVISIONED", "INTERVIEW_PROVISIONING_FAILED"];

export interface FollowRequest {
  /** Where the first connection begins: a cursor, or null for where `from` says. A reconnection begins where it left off. */
  after: string | null;
  from: StreamStart;
  /** What matched it before or after a change is told. */
  filter: InterviewFilter;
  /** Which changes; all when left out. */
  types?: readonly InterviewEventType[] | undefined;
}

/** What happens to the interviews of the caller's account, as far as the caller sees them when they are told of it. */
export async function followInterviews(
  ctx: Context,
  { after, from, filter, types }: FollowRequest,
  { silentBookmarks }: Pick<FollowOptions, "silentBookmarks"> = {},
): Promise<ItemStream> {
  requireScope(ctx, "interviews:read");
  const items = await ctx.events.follow(ctx.accountId, {
    after: ctx.lastEventId ?? after,
    from,
    filter: (event) => (!types || types.includes(event.type)) && relevanceOf(filter, event) !== "NONE",
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
export function followProvisioning(ctx: Context, request: Omit<FollowRequest, "types">): Promise<ItemStream> {
  return followInterviews(ctx, { ...request, types: PROVISIONING_OUTCOMES }, { silentBookmarks: true });
}
