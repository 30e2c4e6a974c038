import { and, eq, inArray, or, sql } from "drizzle-orm";
import { hiringTeamMembers } from "../db/schema/hiring.ts";
import { users } from "../db/schema/people.ts";
import { ADMINS } from "../hiring/visibility.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { loaded } from "../read/loader.ts";
import { loadPages, PARENT_ID } from "../listing/page.ts";
import type { Page, PageArguments } from "../listing/page.ts";
import { matchingUsers } from "../people/list.ts";
import type { User } from "../people/load.ts";
import { MANAGERS } from "../interview/permission.ts";

/** Users who may organise any interview of a job; those of several jobs are read in one statement. */
export async function listOrganizers(
  ctx: Context,
  jobId: string,
  request: { page: PageArguments; query: string | null | undefined },
): Promise<Page<User>> {
  requireScope(ctx, "directory:read");
  const { accountId } = ctx;
  const managers = sql`(select ${hiringTeamMembers.userId} from ${hiringTeamMembers} where ${and(
    eq(hiringTeamMembers.accountId, accountId),
    eq(hiringTeamMembers.jobId, PARENT_ID),
    inArray(hiringTeamMembers.role, [...MANAGERS]),
  )})`;
  const where = and(
    matchingUsers({ query: request.query, active: true, calendarConnected: true }),
    or(inArray(users.role, [...ADMINS]), sql`${users.id} in ${managers}`),
  );
  const page = ctx.batch(`organizers ${JSON.stringify(request)}`, jobId, (parentIds) =>
    loadPages(ctx, { table: users, sort: "name", where }, { args: request.page, parentIds }),
  );
  return loaded(page);
}
