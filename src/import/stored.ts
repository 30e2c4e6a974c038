import { and, eq, notInArray, sql } from "drizzle-orm";
import { emailAddressKey } from "../core/email-address.ts";
import { readId } from "../core/id.ts";
import { arrayLiteral } from "../db/client.ts";
import type { Executor } from "../db/client.ts";
import { accounts } from "../db/schema/account.ts";
import { candidates, jobs, offices, stages } from "../db/schema/hiring.ts";
import { interviews } from "../db/schema/interview.ts";
import { users } from "../db/schema/people.ts";
import { emailTemplates, scorecardTemplates } from "../db/schema/template.ts";
import { DEMO_ACCOUNTS, idsOf } from "./ids.ts";
import type { Ids } from "./ids.ts";
import type { Outline } from "./outline.ts";
import { problem } from "./problem.ts";
import type { FileProblem } from "./problem.ts";
import { cannotShare, noStageOf, outsideReferences } from "./references.ts";
import type { OutsideReference } from "./references.ts";

/** What an import may do to the account itself. */
export interface AccountGuard {
  /** Whether it may make a new account beside others. The first account of a database can always be made. */
  mayCreate: boolean;
  mayRename: boolean;
}

const MAX_NAMED = 5;

/** What is wrong with a directory beside what is stored: its account, references, and addresses that others have. */
export async function storedProblems(tx: Executor, file: Outline, guard: AccountGuard): Promise<FileProblem[]> {
  const { externalId } = file.account;
  if (externalId === undefined) return [];
  const wrongAccount = await accountProblems(tx, { ...file.account, externalId }, guard);
  if (wrongAccount.length > 0) return wrongAccount;
  const ids = idsOf(externalId);
  return [
    ...(await unknownReferences(tx, ids, file)),
    ...(await takenAddresses(tx, ids, file)),
    ...(await unknownInterviews(tx, ids, file)),
  ];
}

async function accountProblems(
  tx: Executor,
  { externalId, name }: { externalId: string; name?: string | undefined },
  guard: AccountGuard,
): Promise<FileProblem[]> {
  const [account] = await tx.select({ name: accounts.name }).from(accounts).where(eq(accounts.externalId, externalId));
  if (account) {
    if (guard.mayRename || name === undefined || name === account.name) return [];
    const stored = JSON.stringify(account.name);
    return [problem(["account", "name"], `would rename the account ${stored}. Correct it, or import with --rename`)];
  }
  if (guard.mayCreate) return [];
  const others = await tx
    .select({ externalId: accounts.externalId })
    .from(accounts)
    .where(notInArray(accounts.externalId, [...DEMO_ACCOUNTS]))
    .orderBy(accounts.externalId)
    .limit(MAX_NAMED + 1);
  if (others.length === 0) return [];
  const named = others.slice(0, MAX_NAMED).map((other) => JSON.stringify(other.externalId));
  const known = [...named, ...(others.length > MAX_NAMED ? ["others"] : [])].join(", ");
  const message = `names no account; there are ${known}. Correct it, or import with --create to make a new account`;
  return [problem(["account", "externalId"], message)];
}

const TABLES = {
  user: users,
  office: offices,
  "email template": emailTemplates,
  "scorecard template": scorecardTemplates,
  job: jobs,
  candidate: candidates,
  stage: stages,
} satisfies Record<OutsideReference["noun"], unknown>;

async function unknownReferences(tx: Executor, ids: Ids, file: Outline): Promise<FileProblem[]> {
  const references = [...outsideReferences(file)];
  const problems = new Map<OutsideReference, FileProblem>();
  for (const [noun, mentioned] of Map.groupBy(references, (reference) => reference.noun)) {
    const found = await findStored(tx, ids, { noun, externalIds: mentioned.map(({ externalId }) => externalId) });
    for (const reference of mentioned) {
      const message = whatIsWrong(reference, found.get(ids.id(noun, reference.externalId)), ids);
      if (message) problems.set(reference, problem(reference.path, message));
    }
  }
  // In the order of the file; a stage cannot be judged while its job is unknown.
  const unknownJobs = new Set(
    [...problems.keys()].flatMap(({ noun, externalId }) => (noun === "job" ? externalId : [])),
  );
  return references.flatMap((reference) => {
    const judged = reference.job === undefined || !unknownJobs.has(reference.job);
    return (judged && problems.get(reference)) || [];
  });
}

interface Stored {
  id: string;
  retired: boolean;
  jobId: string | null;
}

async function findStored(
  tx: Executor,
  ids: Ids,
  { noun, externalIds }: { noun: OutsideReference["noun"]; externalIds: readonly string[] },
): Promise<Map<string, Stored>> {
  const table = TABLES[noun];
  const wanted = arrayLiteral([...new Set(externalIds.map((externalId) => ids.id(noun, externalId)))]);
  const rows = await tx
    .select({
      id: table.id,
      retired: "retiredAt" in table ? sql<boolean>`${table.retiredAt} is not null` : sql<boolean>`false`,
      jobId: "jobId" in table ? table.jobId : sql<null>`null`,
    })
    .from(table)
    .where(and(eq(table.accountId, ids.accountId), sql`${table.id} = any(${wanted}::uuid[])`));
  return new Map(rows.map((row) => [row.id, row]));
}

function whatIsWrong(
  { noun, externalId, job }: OutsideReference,
  stored: Stored | undefined,
  ids: Ids,
): string | undefined {
  const value = JSON.stringify(externalId);
  if (job !== undefined && stored?.jobId !== ids.id("job", job)) return noStageOf(job, externalId);
  if (!stored) return `names no ${noun}, in this file or stored: ${value}`;
  if (stored.retired)
    return `names the ${noun} ${value}, which is retired. Bring it back in this file, or name another`;
  return undefined;
}

async function unknownInterviews(tx: Executor, ids: Ids, file: Outline): Promise<FileProblem[]> {
  const named = file.submittedScorecards.flatMap(({ interviewId = "", at }) => {
    const read = readId("Interview", interviewId);
    return "id" in read ? [{ id: read.id, interviewId, path: [...at, "interviewId"] }] : [];
  });
  if (named.length === 0) return [];
  const wanted = arrayLiteral([...new Set(named.map(({ id }) => id))]);
  const rows = await tx
    .select({ id: interviews.id })
    .from(interviews)
    .where(and(eq(interviews.accountId, ids.accountId), sql`${interviews.id} = any(${wanted}::uuid[])`));
  const found = new Set(rows.map(({ id }) => id));
  return named
    .filter(({ id }) => !found.has(id))
    .map(({ interviewId, path }) => problem(path, `names no interview of the account: ${JSON.stringify(interviewId)}`));
}

async function takenAddresses(tx: Executor, ids: Ids, file: Outline): Promise<FileProblem[]> {
  const wanted = file.users.flatMap(({ email, externalId, at }) =>
    email === undefined || externalId === undefined ? [] : [{ email, externalId, at, key: emailAddressKey(email) }],
  );
  if (wanted.length === 0) return [];
  const key = sql<string>`lower(${users.email} collate "C")`;
  const keys = JSON.stringify(wanted.map((user) => user.key));
  const own = arrayLiteral(wanted.map(({ externalId }) => ids.id("user", externalId)));
  const holders = await tx
    .select({ externalId: users.externalId, key })
    .from(users)
    .where(
      and(
        eq(users.accountId, ids.accountId),
        sql`${key} in (select value from json_array_elements_text(${keys}::json))`,
        sql`${users.id} not in (select unnest(${own}::uuid[]))`,
      ),
    );
  const holderOf = new Map(holders.map((holder) => [holder.key, holder]));
  return wanted.flatMap((user) => {
    const holder = holderOf.get(user.key);
    return holder
      ? problem([...user.at, "email"], `is stored already: ${cannotShare([holder, user], user.email)}`)
      : [];
  });
}
