import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { applications, candidates, hiringTeamMembers, jobs, offices } from "../db/schema/hiring.ts";
import { personSearchKey, searchKey } from "../db/schema/name.ts";
import type { Context } from "../operation/context.ts";
import { defineDirectoryList, defineOwnedDirectoryList } from "../listing/directory.ts";
import type { DirectoryList, ListArguments } from "../listing/directory.ts";
import { PARENT_ID } from "../listing/page.ts";
import { amongIds, containsWords } from "../listing/search.ts";
import type { Application } from "./load.ts";
import { ofSeenApplications, ofSeenJobs } from "./visibility.ts";

/** Which jobs a list holds. Omitted fields and null match everything, an empty list nothing; all that is sent must match. */
export interface JobFilter {
  departments?: readonly string[] | null | undefined;
  recruiterIds?: readonly string[] | undefined;
  /** Parts of titles. */
  query?: string | null | undefined;
}

/** The same of applications. */
export interface ApplicationFilter {
  jobIds?: readonly string[] | undefined;
  candidateIds?: readonly string[] | undefined;
  currentStageIds?: readonly string[] | undefined;
  statuses?: readonly Application["status"][] | null | undefined;
  /** Parts of the candidates' names and addresses. */
  query?: string | null | undefined;
}

/** Jobs that the caller sees, in the order of their titles. */
export const listJobs = defineDirectoryList({
  table: jobs,
  sort: "title",
  seen: (ctx) => ofSeenJobs(ctx, jobs.id),
  matching: ({ departments, recruiterIds, query }: JobFilter, { accountId }) =>
    and(
      // Stored in NFC.
      departments
        ? inArray(
            jobs.department,
            departments.map((department) => department.normalize("NFC")),
          )
        : undefined,
      recruiterIds && sql`${jobs.id} in ${recruitedBy(accountId, recruiterIds)}`,
      containsWords(searchKey(jobs.title), query),
    ),
});

/** The jobs with one of these users on their hiring team as RECRUITER. */
export function recruitedBy(accountId: string, userIds: readonly string[]): SQL {
  return sql`(select ${hiringTeamMembers.jobId} from ${hiringTeamMembers} where ${and(
    eq(hiringTeamMembers.accountId, accountId),
    amongIds(hiringTeamMembers.userId, userIds),
    eq(hiringTeamMembers.role, "RECRUITER"),
  )})`;
}

const APPLICATION_LIST: DirectoryList<typeof applications, ApplicationFilter> = {
  table: applications,
  sort: "createdAt",
  seen: async (ctx) =>
    and(
      await ofSeenApplications(ctx, applications),
      isOffered(jobs, applications.jobId),
      isOffered(candidates, applications.candidateId),
    ),
  matching: ({ jobIds, candidateIds, currentStageIds, statuses, query }, { accountId }) => {
    const words = containsWords(personSearchKey(candidates), query);
    return and(
      amongIds(applications.jobId, jobIds),
      amongIds(applications.candidateId, candidateIds),
      amongIds(applications.currentStageId, currentStageIds),
      statuses ? inArray(applications.status, [...statuses]) : undefined,
      words &&
        sql`${applications.candidateId} in (
        select ${candidates.id} from ${candidates} where ${and(eq(candidates.accountId, accountId), words)}
      )`,
    );
  },
};

/** Applications that the caller sees, the oldest first; none whose job or candidate is retired. */
export const listApplications = defineDirectoryList(APPLICATION_LIST);

const OWNERS = { Candidate: applications.candidateId, Job: applications.jobId };
const listOwned = defineOwnedDirectoryList(APPLICATION_LIST);

/** The same of one candidate or job. */
export const listApplicationsOf = (
  ctx: Context,
  owner: { noun: keyof typeof OWNERS; id: string },
  args: ListArguments & { filter: ApplicationFilter },
) =>
  listOwned(
    ctx,
    { id: owner.id, owned: sql`${OWNERS[owner.noun]} = ${PARENT_ID}`, list: `${owner.noun}.applications` },
    args,
  );

function isOffered(table: typeof jobs | typeof candidates, id: PgColumn): SQL {
  const its = and(eq(table.accountId, applications.accountId), eq(table.id, id), isNull(table.retiredAt));
  return sql`exists (select from ${table} where ${its})`;
}

/** Offices in the order of their names. */
export const listOffices = defineDirectoryList({ table: offices, sort: "name" });
