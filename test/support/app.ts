import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashToken } from "../../src/account/token.ts";
import { openApp } from "../../src/app.ts";
import type { App, AppOptions } from "../../src/app.ts";
import { newId } from "../../src/core/id.ts";
import { apiTokens } from "../../src/db/schema/account.ts";
import { forgetSets } from "../../src/graphql/columns.ts";
import { importDirectory } from "../../src/import/upsert.ts";
import { createLog } from "../../src/operation/log.ts";
import { buildServer } from "../../src/server.ts";
import { SCOPES } from "../../src/operation/context.ts";
import type { Scope } from "../../src/operation/context.ts";
import { buildWorker } from "../../src/worker.ts";
import { expectNoPersonalData } from "./canary.ts";
import { Client } from "./client.ts";
import { createTestDatabase } from "./database.ts";
import { expectAccounts } from "./tenancy.ts";
import { WIDE } from "./limits.ts";
import { sampleDirectory } from "./directory.ts";

/** The clock of the tests stands still here: a Monday. */
export const NOW = new Date("2027-01-04T08:00:00.000Z");

export interface TestApp {
  app: App;
  databaseUrl: string;
  url: string;
  outbox: string;
  /** Statements that went through drizzle since the start, but for the token's: one in a second asks for it. */
  statements: string[];
  /** Statements of the raw client, which reads the event log. */
  rawStatements: string[];
  /** All of them with their parameters. */
  queries: { text: string; parameters: unknown[] }[];
  /** Lines of the log. */
  log: Record<string, unknown>[];
  /** A client of the sample account with all scopes. */
  client: Client;
  /** A client of a second account that has the same external ids. */
  other: Client;
  createToken(account: string, scopes?: readonly Scope[]): Promise<Client>;
  stop(): Promise<void>;
}

export interface TestAppOptions extends Pick<AppOptions, "eventLog" | "providers" | "persons"> {
  sockets?: Partial<AppOptions["sockets"]>;
  limits?: Partial<AppOptions["limits"]>;
  worker?: boolean;
  now?: () => Date;
  /** Where the application connects instead: a proxy before the database at this address. */
  databaseUrl?: (url: string) => string;
}

export const ACCOUNT = "sample";
export const OTHER_ACCOUNT = "other";

/** Gateway and, unless told otherwise, worker on a database of their own, with the sample directory in two accounts. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { worker = true, now = () => NOW, eventLog, providers, persons = null } = options;
  forgetSets();
  const database = await createTestDatabase();
  const databaseUrl = options.databaseUrl?.(database.url) ?? database.url;
  const dataDir = await mkdtemp(join(tmpdir(), "interview-gateway-app-"));
  const statements: string[] = [];
  const rawStatements: string[] = [];
  const queries: TestApp["queries"] = [];
  const log: Record<string, unknown>[] = [];
  const app = await openApp({
    databaseUrl,
    dataDir,
    publicUrl: "http://gateway.test",
    worker,
    persons,
    demo: false,
    eventRetentionMs: 7 * 24 * 60 * 60 * 1000,
    sockets: { ...WIDE.sockets, ...options.sockets },
    limits: { ...WIDE.limits, ...options.limits },
    log: createLog("trace", { write: (line) => void log.push(JSON.parse(line)) }),
    now,
    ...(eventLog && { eventLog }),
    ...(providers && { providers }),
    onQuery: (text, { client, parameters }) => {
      if (client === "raw") rawStatements.push(text);
      else if (!text.includes('"token_hash" =')) statements.push(text);
      if (client === "drizzle") queries.push({ text, parameters });
    },
  });
  for (const account of [ACCOUNT, OTHER_ACCOUNT]) await importDirectory(app.services.db, sampleDirectory(account));
  const server = buildServer(app);
  const { port } = await server.start(0, "127.0.0.1");
  const upkeep = worker ? buildWorker(app) : null;
  await upkeep?.start();
  const url = `http://127.0.0.1:${port}`;

  const createToken = async (account: string, scopes: readonly Scope[] = SCOPES) => {
    const token = `token-${newId()}`;
    const [row] = await app.connections.raw`select id from accounts where external_id = ${account}`;
    await app.services.db.insert(apiTokens).values({
      accountId: row?.["id"],
      id: newId(),
      name: "test",
      tokenHash: hashToken(token),
      scopes: [...scopes],
    });
    return new Client(url, token);
  };
  return {
    app,
    databaseUrl: database.url,
    url,
    outbox: join(dataDir, "outbox"),
    statements,
    rawStatements,
    queries,
    log,
    client: await createToken(ACCOUNT),
    other: await createToken(OTHER_ACCOUNT),
    createToken,
    async stop() {
      upkeep?.stop();
      await server.stop();
      await app.close();
      await database.drop();
      expectAccounts(statements);
      expectNoPersonalData(log.map((line) => JSON.stringify(line)));
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
