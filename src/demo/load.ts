import { join } from "node:path";
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

/** Brings both demo accounts into the database; writes nothing when they are there already. */
export async function loadDemo(db: Database): Promise<void> {
  for (const [account, token] of Object.entries(ACCOUNTS)) {
    await importValue(db, await readDirectoryFile(join(FOLDER, `${account}.json`)));
    await upsertToken(db, account, token);
  }
}

async function upsertToken(db: Database, account: string, token: string): Promise<void> {
  const { accountId, id } = idsOf(account);
  const scopes = [...SCOPES];
  await upsertRows(db, apiTokens, [
    { accountId, id: id("api token", token), name: "Demo", tokenHash: hashToken(token), scopes, clientId: null },
  ]);
}
