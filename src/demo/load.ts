import { join } from "node:path";
import { sql } from "drizzle-orm";
import { hashToken } from "../account/token.ts";
import type { Database } from "../db/client.ts";
import { apiTokens } from "../db/schema/account.ts";
import { SCOPES } from "../operation/context.ts";
import { upsertRows } from "../import/bulk.ts";
import { readDirectoryFile } from "../import/file.ts";
import { idsOf } from "../import/ids.ts";
import type { DEMO_ACCOUNTS } from "../import/ids.ts";
import { importValue } from "../import/upsert.ts";

/** Bearer tokens of the demo accounts. They are public, so they are valid only in a process that loads the demo itself. */
export const DEMO_TOKEN = "demo-admin-token";
export const DEMO_OTHER_TOKEN = "demo-other-token";

const FOLDER = import.meta.dirname;

/** The demo accounts by external id, which is the name of the file as well, with their tokens. */
const ACCOUNTS: Record<(typeof DEMO_ACCOUNTS)[number], string> = {
  "fernhollow-robotics": DEMO_TOKEN,
  "pelagia-maps": DEMO_OTHER_TOKEN,
};

/** Whose calendar has a lunch of an hour every day. */
const LUNCH = { account: "fernhollow-robotics", calendar: "wang.xiaomei@fernhollow.example.com", hour: 12, days: 60 };

/** Brings both demo accounts into the database; of what is there already it writes nothing. */
export async function loadDemo(db: Database): Promise<void> {
  for (const [account, token] of Object.entries(ACCOUNTS)) {
    await importValue(db, await readDirectoryFile(join(FOLDER, `${account}.json`)));
    await upsertToken(db, account, token);
  }
  await bringLunches(db);
}

/** Lunches of the coming weeks, so that a search for times meets a calendar that is busy. */
async function bringLunches(db: Database): Promise<void> {
  const { account, calendar, hour, days } = LUNCH;
  await db.execute(sql`
    insert into sandbox_busy_spans (account_id, calendar_address, starts_at, ends_at)
    select ${idsOf(account).accountId}::uuid, ${calendar}, lunch, lunch + interval '1 hour'
    from generate_series(0, ${days}::int) as day,
      lateral (select date_trunc('day', now(), 'UTC') + day * interval '1 day' + ${hour}::int * interval '1 hour') as at (lunch)
    on conflict do nothing`);
}

async function upsertToken(db: Database, account: string, token: string): Promise<void> {
  const { accountId, id } = idsOf(account);
  const scopes = [...SCOPES];
  await upsertRows(db, apiTokens, [
    { accountId, id: id("api token", token), name: "Demo", tokenHash: hashToken(token), scopes, clientId: null },
  ]);
}
