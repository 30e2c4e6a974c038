import { and, eq, gt, gte, inArray, isNull, lt, lte, or, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { jobs } from "../db/schema/hiring.ts";
import { interviewers, interviews } from "../db/schema/interview.ts";
import { amongIds } from "../listing/search.ts";
import { recruitedBy } from "../hiring/list.ts";
import type { MeetingStatus } from "../interview/lifecycle.ts";
import type { Interview, InterviewKind, InterviewLocation } from "../interview/load.ts";

/** Half-open: the last instant does not belong to it. */
export interface InstantWindow {
  from?: Date | null | undefined;
  to?: Date | null | undefined;
}

/** Which interviews a list holds, or a stream tells of. What is left out matches everything, an empty list nothing; all that is said must match. */
export interface InterviewFilter {
  jobIds?: readonly string[] | undefined;
  applicationIds?: readonly string[] | undefined;
  loopIds?: readonly string[] | undefined;
  candidateIds?: readonly string[] | undefined;
  interviewerIds?: readonly string[] | undefined;
  organizerIds?: readonly string[] | undefined;
  recruiterIds?: readonly string[] | undefined;
  officeIds?: readonly string[] | undefined;
  stageIds?: readonly string[] | undefined;
  /** In NFC, as they are stored. */
  departments?: readonly string[] | undefined;
  statuses?: readonly MeetingStatus[] | undefined;
  kinds?: readonly InterviewKind[] | undefined;
  locations?: readonly InterviewLocation[] | undefined;
  provisioningStates?: readonly Interview["provisioningState"][] | undefined;
  external?: boolean | undefined;
  aiNoteTakerEnabled?: boolean | undefined;
  startTime?: InstantWindow | undefined;
  createdAt?: InstantWindow | undefined;
  updatedAt?: InstantWindow | undefined;
}

const OF_JOB = ["jobIds", "applicationIds", "loopIds", "stageIds", "departments", "recruiterIds"] as const;

/**
 * Whether a filter asks about the job. It finds nothing for who only takes part in an interview: else the filter would
 * tell what they are not shown.
 */
export function asksAboutJob(filter: Partial<Record<(typeof OF_JOB)[number], unknown>>): boolean {
  return OF_JOB.some((field) => filter[field] !== undefined);
}

/** The account whose interviews are filtered, and the time that it is. */
export interface FilterContext {
  accountId: string;
  now: Date;
}

export function matching(filter: InterviewFilter, { accountId, now }: FilterContext): SQL | undefined {
  const i = interviews;
  return and(
    amongIds(i.jobId, filter.jobIds),
    amongIds(i.applicationId, filter.applicationIds),
    amongIds(i.loopId, filter.loopIds),
    amongIds(i.candidateId, filter.candidateIds),
    amongIds(i.organizerId, filter.organizerIds),
    filter.officeIds && and(amongIds(i.officeId, filter.officeIds), or(isNull(i.location), eq(i.location, "ONSITE"))),
    amongIds(i.stageId, filter.stageIds),
    filter.interviewerIds && sql`${i.id} in ${seatsOf(accountId, filter.interviewerIds)}`,
    filter.recruiterIds && sql`${i.jobId} in ${recruitedBy(accountId, filter.recruiterIds)}`,
    filter.departments && sql`${i.jobId} in ${ofDepartments(accountId, filter.departments)}`,
    filter.statuses && or(sql`false`, ...filter.statuses.map((status) => ofStatus(status, now))),
    filter.kinds && inArray(i.kind, [...filter.kinds]),
    filter.locations && inArray(i.location, [...filter.locations]),
    filter.provisioningStates && inArray(i.provisioningState, [...filter.provisioningStates]),
    filter.external === undefined ? undefined : eq(i.external, filter.external),
    filter.aiNoteTakerEnabled === undefined ? undefined : eq(i.aiNoteTakerEnabled, filter.aiNoteTakerEnabled),
    within(i.startsAt, filter.startTime),
    within(i.createdAt, filter.createdAt),
    within(i.updatedAt, filter.updatedAt),
  );
}

function within(column: PgColumn, window: InstantWindow | undefined): SQL | undefined {
  return and(window?.from ? gte(column, window.from) : undefined, window?.to ? lt(column, window.to) : undefined);
}

/** The same as `meetingStatus`, for rows. No interview is longer than a day, which bounds the search. */
function ofStatus(status: MeetingStatus, now: Date): SQL | undefined {
  const { outcome, startsAt, endsAt } = interviews;
  const byClock = {
    NOT_STARTED: gt(startsAt, now),
    IN_PROGRESS: and(lte(startsAt, now), gt(startsAt, aDayBefore(now)), gt(endsAt, now)),
    ENDED: and(lt(startsAt, now), lte(endsAt, now)),
  };
  if (status === "CANCELLED" || status === "CANDIDATE_NO_SHOW") return eq(outcome, status);
  return and(isNull(outcome), byClock[status]);
}

const aDayBefore = (instant: Date) => new Date(instant.getTime() - 24 * 60 * 60 * 1000);

function seatsOf(accountId: string, userIds: readonly string[]): SQL {
  return sql`(select ${interviewers.interviewId} from ${interviewers} where ${and(
    eq(interviewers.accountId, accountId),
    amongIds(interviewers.userId, userIds),
  )})`;
}

function ofDepartments(accountId: string, departments: readonly string[]): SQL {
  return sql`(select ${jobs.id} from ${jobs} where ${and(
    eq(jobs.accountId, accountId),
    inArray(jobs.department, [...departments]),
  )})`;
}
