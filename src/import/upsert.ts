import { sql } from "drizzle-orm";
import { StartError } from "../core/error.ts";
import type { Database, Transaction } from "../db/client.ts";
import { postgresError } from "../db/constraint.ts";
import { accounts } from "../db/schema/account.ts";
import { stageActivities, stageActivityInterviewers } from "../db/schema/activity.ts";
import {
  applications,
  candidates,
  hiringTeamMembers,
  interviewPlans,
  jobs,
  offices,
  stages,
} from "../db/schema/hiring.ts";
import { users } from "../db/schema/people.ts";
import { emailTemplates, scorecardTemplates } from "../db/schema/template.ts";
import { replaceLinks, upsertRows } from "./bulk.ts";
import type { Counts } from "./bulk.ts";
import type { Directory } from "./directory.ts";
import { idsOf } from "./ids.ts";
import { rowsOf } from "./rows.ts";
import type { DirectoryRows } from "./rows.ts";

/** What became of each table's rows. */
export type ImportReport = Record<keyof DirectoryRows, Counts>;

const UNIQUE_VIOLATION = "23505";
const FOREIGN_KEY_VIOLATION = "23503";

/**
 * Makes the account's reference data equal to the file in one transaction. What the file does not name stays, except
 * hiring teams and the interviewers of activities: the file gives them in full.
 * @param directory one that `checkDirectory` accepted
 * @throws StartError when what is in the database forbids it
 */
export async function importDirectory(db: Database, directory: Directory): Promise<ImportReport> {
  const { accountId } = idsOf(directory.account.externalId);
  const rows = rowsOf(directory);
  try {
    return await db.transaction(async (tx) => {
      await waitForOtherImports(tx, accountId);
      await freeEmails(tx, accountId, rows.users);
      return writeRows(tx, accountId, rows);
    });
  } catch (error) {
    throw refusal(error) ?? error;
  }
}

/** A table comes after those that it refers to. */
async function writeRows(tx: Transaction, accountId: string, rows: DirectoryRows): Promise<ImportReport> {
  return {
    accounts: await upsertRows(tx, accounts, rows.accounts),
    users: await upsertRows(tx, users, rows.users),
    offices: await upsertRows(tx, offices, rows.offices),
    emailTemplates: await upsertRows(tx, emailTemplates, rows.emailTemplates),
    scorecardTemplates: await upsertRows(tx, scorecardTemplates, rows.scorecardTemplates),
    jobs: await upsertRows(tx, jobs, rows.jobs),
    hiringTeamMembers: await replaceLinks(tx, hiringTeamMembers, {
      accountId,
      owner: "jobId",
      ownerIds: rows.jobs.map(({ id }) => id),
      rows: rows.hiringTeamMembers,
    }),
    interviewPlans: await upsertRows(tx, interviewPlans, rows.interviewPlans),
    stages: await upsertRows(tx, stages, rows.stages),
    stageActivities: await upsertRows(tx, stageActivities, rows.stageActivities),
    stageActivityInterviewers: await replaceLinks(tx, stageActivityInterviewers, {
      accountId,
      owner: "stageActivityId",
      ownerIds: rows.stageActivities.map(({ id }) => id),
      rows: rows.stageActivityInterviewers,
    }),
    candidates: await upsertRows(tx, candidates, rows.candidates),
    applications: await upsertRows(tx, applications, rows.applications),
  };
}

async function waitForOtherImports(tx: Transaction, accountId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${accountId}, 0))`);
}

/**
 * Takes away each address that moves from one user of the file to another: unique keys are checked row by row, so two
 * users could not swap addresses otherwise. The users' own new addresses follow in the same transaction.
 */
async function freeEmails(tx: Transaction, accountId: string, rows: DirectoryRows["users"]): Promise<void> {
  const wanted = JSON.stringify(rows.map(({ id, email }) => ({ id, email })));
  await tx.execute(sql`
    with wanted as (select * from json_to_recordset(${wanted}::json) as wanted (id uuid, email text))
    update users set email = users.id::text
    from wanted
    where users.account_id = ${accountId}::uuid and users.email = wanted.email and users.id <> wanted.id
      and users.id in (select id from wanted)`);
}

function refusal(error: unknown): StartError | undefined {
  const { code, detail = "", table_name: table = "" } = postgresError(error) ?? {};
  if (code === UNIQUE_VIOLATION) {
    const advice = "Import each object under the externalId that it had the first time.";
    return new StartError(
      `Nothing was imported, because another row of ${table} stands in the way: ${detail} ${advice}`,
      { cause: error },
    );
  }
  if (code === FOREIGN_KEY_VIOLATION) {
    const advice = "What is in use cannot move to another job or stage: give it a new externalId there.";
    return new StartError(
      `Nothing was imported, because rows of ${table} would lose what they refer to: ${detail} ${advice}`,
      { cause: error },
    );
  }
  return undefined;
}
