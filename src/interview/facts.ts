import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { hiringTeamMembers, jobs } from "../db/schema/hiring.ts";
import type { StoredInterview } from "./field.ts";
import type { Interview } from "./load.ts";

const COLUMNS = [
  "jobId",
  "applicationId",
  "loopId",
  "candidateId",
  "organizerId",
  "officeId",
  "stageId",
  "kind",
  "location",
  "provisioningState",
  "external",
  "aiNoteTakerEnabled",
  "outcome",
] as const satisfies readonly (keyof Interview)[];

/** What interviews are filtered by, as it was at one moment. */
export interface InterviewFacts extends Pick<Interview, (typeof COLUMNS)[number]> {
  interviewerIds: string[];
  /** Instants are texts of one form, so that they are equal when the instants are. */
  startsAt: string;
  endsAt: string;
  createdAt: string;
  updatedAt: string;
}

/** The same of an interview's job. */
export interface JobFacts {
  department: string | null;
  recruiterIds: string[];
}

/** What an event keeps for those who follow with a filter. */
export interface ChangeFacts {
  /** Of what differed before the change; null when there was no interview yet. */
  before: Partial<InterviewFacts> | null;
  after: InterviewFacts;
  job: JobFacts;
}

/** The facts of a change as an expression of {@link ChangeFacts}, which looks at the job by itself. */
export function factsOfChange(before: StoredInterview | null, after: StoredInterview): SQL {
  const { accountId, jobId } = after.interview;
  const now = factsOf(after);
  const facts: Omit<ChangeFacts, "job"> = { before: before && difference(factsOf(before), now), after: now };
  return sql`${JSON.stringify(facts)}::jsonb || jsonb_build_object('job', jsonb_build_object(
    'department', (select department from ${jobs} where account_id = ${accountId}::uuid and id = ${jobId}::uuid),
    'recruiterIds', (
      select coalesce(jsonb_agg(user_id), '[]') from ${hiringTeamMembers}
      where account_id = ${accountId}::uuid and job_id = ${jobId}::uuid and role = 'RECRUITER'
    )))`;
}

export function factsOf({ interview, seats }: StoredInterview): InterviewFacts {
  const { startsAt, endsAt, createdAt, updatedAt } = interview;
  return {
    ...(Object.fromEntries(COLUMNS.map((key) => [key, interview[key]])) as Pick<Interview, (typeof COLUMNS)[number]>),
    interviewerIds: seats.map(({ userId }) => userId),
    startsAt: startsAt.toISOString(),
    endsAt: endsAt.toISOString(),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

function difference(before: InterviewFacts, after: InterviewFacts): Partial<InterviewFacts> {
  const keys = Object.keys(before) as (keyof InterviewFacts)[];
  return Object.fromEntries(
    keys.filter((key) => String(before[key]) !== String(after[key])).map((key) => [key, before[key]]),
  );
}
