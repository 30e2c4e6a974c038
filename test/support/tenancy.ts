import { getTableColumns, getTableName, is } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import { expect } from "vitest";
import * as activity from "../../src/db/schema/activity.ts";
import * as event from "../../src/db/schema/event.ts";
import * as hiring from "../../src/db/schema/hiring.ts";
import * as idempotency from "../../src/db/schema/idempotency.ts";
import * as interview from "../../src/db/schema/interview.ts";
import * as people from "../../src/db/schema/people.ts";
import * as provisioning from "../../src/db/schema/provisioning.ts";
import * as template from "../../src/db/schema/template.ts";

const SCHEMA = {
  ...activity,
  ...event,
  ...hiring,
  ...idempotency,
  ...interview,
  ...people,
  ...provisioning,
  ...template,
};
/** Tables whose rows a database that is distributed by account keeps with their account. */
const TABLES = new Set<string>(
  Object.values(SCHEMA).flatMap((value) =>
    is(value, PgTable) && "accountId" in getTableColumns(value) ? [getTableName(value)] : [],
  ),
);

/** Statements that may ask every machine: they take the accounts from their rows, or look at all of them. */
const WITHOUT_PARAMETER = [
  // An import.
  /^\s*with incoming as \(/,
  // Who a person's token names, and which interviews newer rules of time zones move.
  /inner join "accounts" on "accounts"."id" = /,
  // The page of a sandbox conference, whose code tells the account.
  /from "sandbox_conferences" where "sandbox_conferences"."code" = /,
  // Upkeep: keys and numbers that are no longer kept, interviews whose task is gone.
  /^\s*delete from "idempotency_keys" where "idempotency_keys"."created_at" </,
  /^\s*update event_counters counter set pruned_sequence/,
  /^\s*delete from former_epochs/,
  /not exists \(\s*select from pgboss\.job/,
];

/** Fails for statements that ask for rows of accounts without saying of which, or that change a row's account. */
export function expectAccounts(statements: readonly string[]): void {
  const wrong = [...new Set(statements)].filter((text) => !saysAccount(text) || assignsAccount(text));
  expect(wrong.filter((text) => !WITHOUT_PARAMETER.some((known) => known.test(text)))).toEqual([]);
}

function saysAccount(text: string): boolean {
  const named = [...text.matchAll(/\b(?:from|join|update)\s+"?(\w+)"?/g)].map(([, table = ""]) => table);
  return !named.some((table) => TABLES.has(table)) || /account_id"?\s*=\s*\$\d/.test(text);
}

function assignsAccount(text: string): boolean {
  const [, assigned = ""] = /\bdo update set\s([^]*?)(?:\bwhere\b|\breturning\b|$)/.exec(text) ?? [];
  return /(?:^|,)\s*"?account_id"?\s*=/.test(assigned);
}
