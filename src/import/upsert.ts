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
import { submittedScorecards } from "../db/schema/interview.ts";
import { users } from "../db/schema/people.ts";
import { emailTemplates, scorecardTemplates } from "../db/schema/template.ts";
import { replaceLinks, retireOthers, upsertRows } from "./bulk.ts";
import type { Counts } from "./bulk.ts";
import { checkDirectory } from "./check.ts";
import type { Directory } from "./directory.ts";
import { idsOf } from "./ids.ts";
import { readOutline } from "./outline.ts";
import { DirectoryRefused } from "./problem.ts";
import { rowsOf } from "./rows.ts";
import type { DirectoryRows } from "./rows.ts";
import { storedProblems } from "./stored.ts";
import type { AccountGuard } from "./stored.ts";

/** What became of each table's rows. */
export type ImportReport = Record<keyof DirectoryRows, Counts>;

export interface ImportOptions extends Partial<AccountGuard> {
  /** Reports what would become of each row, and writes nothing. */
  dryRun?: boolean;
}

const UNIQUE_VIOLATION = "23505";
const FOREIGN_KEY_VIOLATION = "23503";

/** Ends the transaction of a dry run. */
class DryRun extends Error {
  readonly report: ImportReport;

  constructor(report: ImportReport) {
    super("A dry run is rolled back.");
    this.report = report;
  }
}

/**
 * Imports a value that is meant to be a directory.
 * @throws DirectoryRefused with every problem, of the value itself and beside what is stored; StartError as importDirectory
 */
export async function importValue(db: Database, value: unknown, options: ImportOptions = {}): Promise<ImportReport> {
  const checked = checkDirectory(value);
  if (checked.ok) return importDirectory(db, checked.directory, options);
  const reported = new Set(checked.problems.map(({ path }) => path));
  const stored = await storedProblems(db, readOutline(value), guardOf(options));
  throw new DirectoryRefused([...checked.problems, ...stored.filter(({ path }) => !reported.has(path))]);
}

/**
 * Makes the account's reference data equal to the file in one transaction. Objects that the file leaves out stay, except in
 * lists that are given in full: stages, activities, interviewers and hiring teams always, others when the file says so.
 * @param directory one that `checkDirectory` accepted
 * @throws DirectoryRefused with every problem beside what is stored, StartError when what is in use forbids it
 */
export async function importDirectory(
  db: Database,
  directory: Directory,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const { accountId } = idsOf(directory.account.externalId);
  const rows = rowsOf(directory);
  try {
    return await db.transaction(async (tx) => {
      await waitForOtherImports(tx, accountId);
      const problems = await storedProblems(tx, readOutline(directory), guardOf(options));
      if (problems.length > 0) throw new DirectoryRefused(problems);
      await freeEmails(tx, accountId, rows.users);
      const written = await writeRows(tx, accountId, rows);
      const report = await retireMissing(tx, { accountId, rows, complete: directory.complete }, written);
      if (options.dryRun) throw new DryRun(report);
      return report;
    });
  } catch (error) {
    if (error instanceof DryRun) return error.report;
    throw refusal(error) ?? error;
  }
}

function guardOf({ mayCreate = true, mayRename = true }: ImportOptions): AccountGuard {
  return { mayCreate, mayRename };
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
    submittedScorecards: await upsertRows(tx, submittedScorecards, rows.submittedScorecards),
  };
}

interface Given {
  accountId: string;
  rows: DirectoryRows;
  complete: Directory["complete"];
}

const NOUNS = { users, offices, emailTemplates, scorecardTemplates, jobs, candidates, applications };

/** A job of the file brings all of its stages and activities; other lists are complete only when the file says so. */
async function retireMissing(tx: Transaction, given: Given, written: ImportReport): Promise<ImportReport> {
  const { accountId, rows, complete } = given;
  const report = { ...written };
  const retire = async (list: keyof typeof NOUNS | "stages" | "stageActivities", jobIds?: string[]) => {
    const table = { ...NOUNS, stages, stageActivities }[list];
    const retired = await retireOthers(tx, table, { accountId, rows: rows[list], ...(jobIds && { jobIds }) });
    report[list] = { ...report[list], retired };
  };
  const jobIds = rows.jobs.map(({ id }) => id);
  await retire("stages", jobIds);
  await retire("stageActivities", jobIds);
  for (const list of new Set(complete)) await retire(list);
  return report;
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
    where users.account_id = ${accountId}::uuid and users.id <> wanted.id
      and lower(users.email collate "C") = lower(wanted.email collate "C")
      and users.id in (select id from wanted)`);
}

function refusal(error: unknown): StartError | undefined {
  const { code, detail = "", table_name: table = "" } = postgresError(error) ?? {};
  if (code === UNIQUE_VIOLATION) {
    const advice = "Import each object under the externalId that it had the first time.";
    return new StartError(
      `Nothing was imported, because another row of ${table} conflicts with it: ${detail} ${advice}`,
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
