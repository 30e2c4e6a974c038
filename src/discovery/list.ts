import { and, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { RequestError } from "../core/error.ts";
import type { Transaction } from "../db/client.ts";
import { interviewers, interviews } from "../db/schema/interview.ts";
import { ofSeenApplications } from "../hiring/visibility.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { loaded } from "../read/loader.ts";
import type { Columns } from "../read/loader.ts";
import { carriedPosition } from "../listing/page-cursor.ts";
import { countRows, countRowsOf, loadPage, loadPages, PARENT_ID } from "../listing/page.ts";
import type { Page, PageArguments, PageQuery } from "../listing/page.ts";
import { asksAboutJob, matching } from "./filter.ts";
import type { InterviewFilter } from "./filter.ts";
import type { Interview } from "../interview/load.ts";
import { seenInterviews } from "../interview/visibility.ts";

export interface InterviewOrder {
  by: "startsAt" | "createdAt" | "updatedAt";
  descending: boolean;
}

export interface InterviewListRequest {
  page: PageArguments;
  filter: InterviewFilter;
  order: InterviewOrder;
  /** The columns that anybody looks at; null for all. */
  columns: Columns;
  /** Whether the place in the event log is asked for. */
  asOfCursor: boolean;
}

/** A page of interviews. */
export type InterviewPage = Page<Interview> & {
  /** The place in the event log that the first page of its paging was read at; null when it was not asked for. */
  asOfCursor: string | null;
  /** Counts what is on all pages together. */
  totalCount: () => Promise<number>;
};

/** Whose interviews are listed. */
export interface ListOwner {
  noun: "application" | "candidate" | "job" | "user";
  id: string;
}

/** Interviews of the account. */
export async function listInterviews(ctx: Context, request: InterviewListRequest): Promise<InterviewPage> {
  requireScope(ctx, "interviews:read");
  const query = queryOf(ctx, request, { seen: await seenBy(ctx, request) });
  const { result, asOfCursor } = await reading(ctx, { request, query }, (within) =>
    loadPage(ctx, within, request.page),
  );
  return { ...result, asOfCursor, totalCount: () => countRows(ctx, query) };
}

/** Interviews of one owner; those of several owners that are asked for in the same way are read in one statement. */
export async function listInterviewsOf(
  ctx: Context,
  owner: ListOwner,
  request: InterviewListRequest,
): Promise<InterviewPage> {
  requireScope(ctx, "interviews:read");
  const name = `${owner.noun}.interviews ${JSON.stringify(request)}`;
  const owned = ownedBy(ctx.accountId)[owner.noun];
  const query = queryOf(ctx, request, { owned, seen: await seenBy(ctx, request) });
  const page = ctx.batch(name, owner.id, async (parentIds) => {
    const { result, asOfCursor } = await reading(ctx, { request, query }, (within) =>
      loadPages(ctx, within, { args: request.page, parentIds }),
    );
    return new Map([...result].map(([id, found]) => [id, { ...found, asOfCursor }]));
  });
  const totalCount = () => loaded(ctx.batch(`count of ${name}`, owner.id, (ids) => countRowsOf(ctx, query, ids)));
  return { ...(await loaded(page)), totalCount };
}

const seenBy = (ctx: Context, { filter }: InterviewListRequest) =>
  asksAboutJob(filter) ? ofSeenApplications(ctx, interviews) : seenInterviews(ctx);

function queryOf(
  ctx: Context,
  { filter, order, columns }: InterviewListRequest,
  { owned, seen }: { owned?: SQL; seen: SQL | undefined },
): PageQuery<typeof interviews> {
  const where = and(owned, matching(filter, { accountId: ctx.accountId, now: ctx.now() }), seen);
  return {
    table: interviews,
    sort: order.by,
    descending: order.descending,
    // No index holds the name: with nothing but an index's columns to read, PostgreSQL walks the account's whole index.
    columns: columns && ["name", ...columns],
    where,
  };
}

/** A user's interviews are those that they organise or sit on. */
function ownedBy(accountId: string): Record<ListOwner["noun"], SQL> {
  return {
    application: sql`${interviews.applicationId} = ${PARENT_ID}`,
    candidate: sql`${interviews.candidateId} = ${PARENT_ID}`,
    job: sql`${interviews.jobId} = ${PARENT_ID}`,
    user: sql`${interviews.id} in (
      select seat.interview_id from ${interviewers} as seat
      where seat.account_id = ${accountId} and seat.user_id = ${PARENT_ID}
      union
      select organized.id from ${interviews} as organized
      where organized.account_id = ${accountId} and organized.organizer_id = ${PARENT_ID}
    )`,
  };
}

type InterviewQuery = PageQuery<typeof interviews>;

/**
 * Reads a page. The first of a paging is read from the same snapshot as the account's place in the event log, when that is
 * asked for; those after it report the same place, so that what changes between two pages is not lost.
 */
async function reading<T>(
  ctx: Context,
  { request, query }: { request: InterviewListRequest; query: InterviewQuery },
  read: (query: InterviewQuery) => Promise<T>,
): Promise<{ result: T; asOfCursor: string | null }> {
  const carried = carriedPosition(ctx, query, request.page);
  if (carried === null && request.asOfCursor && !isFirst(request.page)) throw placeUnknown();
  if (carried !== null || !request.asOfCursor) {
    return { result: await read({ ...query, asOf: carried }), asOfCursor: carried };
  }
  const readBoth = async (executor: Transaction) => {
    const asOf = await ctx.events.cursorOfHead(executor, ctx.accountId);
    return { result: await read({ ...query, executor, asOf }), asOfCursor: asOf };
  };
  return ctx.db.transaction(readBoth, { isolationLevel: "repeatable read", accessMode: "read only" });
}

const isFirst = ({ after, before }: PageArguments): boolean => after == null && before == null;

/** A place of this page's own would lose what has changed since the first. */
const placeUnknown = () =>
  new RequestError(
    "INVALID_INPUT",
    "This page cannot tell asOfCursor, since the first page of its paging was not asked for it. Select it from the first page on.",
  );
