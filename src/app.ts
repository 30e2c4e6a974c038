import { join } from "node:path";
import type { Logger } from "pino";
import { createDocumentResolver } from "./document/registry.ts";
import { createPersonAuthenticator } from "./account/person.ts";
import type { PersonTokens } from "./account/person.ts";
import { createAuthenticator } from "./account/token.ts";
import { createBridge } from "./calendar/bridge.ts";
import type { BridgeOptions } from "./calendar/bridge.ts";
import { createSandbox } from "./calendar/sandbox.ts";
import type { Providers } from "./calendar/provider.ts";
import { createSeal } from "./core/seal.ts";
import type { Seal } from "./core/seal.ts";
import { describeZones } from "./core/zone-release.ts";
import { zonesInUse } from "./core/zone.ts";
import { connect, DEFAULT_POOL_SIZE, dividePool } from "./db/client.ts";
import type { Connections, ConnectOptions, Database } from "./db/client.ts";
import { migrateDatabase } from "./db/migrate.ts";
import { assertSameDatabase, assertServers, warnOfEndlessStatements } from "./db/server.ts";
import type { DatabaseUrls } from "./db/server.ts";
import { createReadiness } from "./db/ready.ts";
import { noteTzRelease, readInstallation } from "./db/installation.ts";
import { createEventLog } from "./events/log.ts";
import type { EventLog, EventLogOptions } from "./events/log.ts";
import { createWake } from "./events/wake.ts";
import type { GuardOptions } from "./execution/guard.ts";
import type { SocketLimits } from "./gateway/roster.ts";
import { DEMO_OTHER_TOKEN, DEMO_TOKEN, loadDemo } from "./demo/load.ts";
import { completeSearch } from "./availability/tasks.ts";
import { createSearchWatch } from "./availability/watch.ts";
import { provisionInterview } from "./interview/tasks.ts";
import type { ResolveDocument } from "./document/resolve.ts";
import type { Caller, Services } from "./operation/context.ts";
import { createTaskQueue, migrateTasks } from "./tasks/runner.ts";
import type { TaskQueue } from "./tasks/runner.ts";

const TASKS = [provisionInterview, completeSearch];

export interface AppOptions {
  databaseUrl: string;
  /** The same database for migrations and LISTEN, when `databaseUrl` leads through a pooler. */
  databaseDirectUrl?: string | undefined;
  /** How many connections this process may hold. */
  poolSize?: number | undefined;
  /** Directory for what the sandbox writes. */
  dataDir: string;
  publicUrl: string;
  /** Whether GraphiQL is served; it is when left out. */
  graphiql?: boolean;
  /** Whether this process runs tasks. */
  worker: boolean;
  /** Whether the demo account is loaded. */
  demo: boolean;
  log: Logger;
  /** Signs cursors; the database's own secret when left out. */
  cursorSecret?: string | undefined;
  /** The issuer whose tokens identify persons; none when left out. */
  persons?: PersonTokens | null;
  /** How far streams may go back in the event log, in milliseconds. */
  eventRetentionMs: number;
  sockets: SocketLimits;
  limits: GuardOptions;
  /** How many proxies before the gateway name the client's address; none when left out. */
  trustedProxyHops?: number;
  /** Bounds of the event log, for tests. */
  eventLog?: Pick<EventLogOptions, "bookmarkMs" | "maxLag">;
  /** The service that performs provisioning; the sandbox when left out. */
  provider?: Omit<BridgeOptions, "now"> | null;
  /** In place of the service's or the sandbox's. */
  providers?: Partial<Providers>;
  now?: () => Date;
  onQuery?: ConnectOptions["onQuery"];
}

/** What the process owns once: made here, closed here. */
export interface App {
  options: AppOptions;
  services: Services;
  connections: Connections;
  events: EventLog;
  tasks: TaskQueue;
  providers: Providers;
  authenticate: (token: string) => Promise<Caller | null>;
  resolveDocument: ResolveDocument;
  /** Seals the tickets of event streams; the same in every process on the database. */
  ticketSeal: Seal;
  /** Whether the database answers, within a second, on every pool that serves requests. */
  isReady: () => Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Brings every table of the application, the queue's included, to its newest form.
 * @throws StartError when the database cannot be used
 */
export async function migrateApp(
  url: string,
  { directUrl, log }: Pick<DatabaseUrls, "directUrl"> & { log?: Logger } = {},
): Promise<void> {
  const urls: DatabaseUrls = { url, directUrl };
  await assertServers(urls);
  const sessions = directUrl ?? url;
  await migrateDatabase(sessions, { afterTables: () => migrateTasks(sessions, TASKS), log });
  await assertSameDatabase(urls);
}

/** Migrates the database and opens everything that depends on it. */
export async function openApp(options: AppOptions): Promise<App> {
  const { databaseUrl, databaseDirectUrl, log, worker, persons, now = () => new Date() } = options;
  await migrateApp(databaseUrl, { directUrl: databaseDirectUrl, log });
  const connections = connect({
    url: databaseUrl,
    directUrl: databaseDirectUrl,
    sizes: dividePool(options.poolSize ?? DEFAULT_POOL_SIZE, worker),
    statementTimeoutMs: options.limits.deadlineMs,
    ...(options.onQuery && { onQuery: options.onQuery }),
  });
  const { db, lookups, pages, authentication } = connections;
  if (databaseDirectUrl) await warnOfEndlessStatements(connections.raw, log);
  if (options.demo) await loadDemo(db);

  const wake = createWake(connections, log);
  const { events, secret } = await openEventLog(options, connections);
  await noteZones(options, connections);
  const tasks = createTaskQueue(connections.tasks, log);
  await tasks.start();
  const searches = createSearchWatch(db, log);
  wake.onCommit(() => events.kick());
  wake.onCommit(() => searches.kick());
  wake.onCommit(() => tasks.kick());
  await wake.listen();

  return {
    options,
    services: { db, lookups, pages, tasks, events, searches, log, now, wake: () => wake.committed() },
    connections,
    events,
    tasks,
    providers: { ...createProviders(options, db, now), ...options.providers },
    resolveDocument: createDocumentResolver(authentication),
    ticketSeal: createSeal(secret, "ticket"),
    authenticate: createAuthenticator(authentication, {
      persons: persons ? createPersonAuthenticator(persons, { db: authentication, log, now }) : null,
      refused: options.demo ? [] : [DEMO_TOKEN, DEMO_OTHER_TOKEN],
    }),
    isReady: createReadiness([db, lookups, pages, authentication]),
    async close() {
      await tasks.stop();
      await events.stop();
      await searches.stop();
      await connections.close();
    },
  };
}

/** Logs which release local times are read by, and whether another process used or uses another. */
async function noteZones({ log, demo }: AppOptions, { raw }: Connections): Promise<void> {
  // The demo has no interviews that could move.
  const [inform, warn] = demo ? (["debug", "debug"] as const) : (["info", "warn"] as const);
  log[inform](describeZones(zonesInUse()));
  const { release } = zonesInUse();
  const former = await noteTzRelease(raw, release);
  if (former === null) return;
  log[warn](
    `time zones: this process uses release ${release}, the one that started before it used ${former}; ` +
      "npm run zones shows which interviews that moves, and all processes should use the same",
  );
}

function createProviders({ provider, publicUrl, dataDir }: AppOptions, db: Database, now: () => Date): Providers {
  return provider
    ? createBridge({ ...provider, now })
    : createSandbox({ db, publicUrl, outbox: join(dataDir, "outbox"), now });
}

async function openEventLog(
  { log, cursorSecret, eventLog }: AppOptions,
  { raw }: Connections,
): Promise<{ events: EventLog; secret: Buffer }> {
  const installation = await readInstallation(raw);
  const secret = cursorSecret ? Buffer.from(cursorSecret) : installation.cursorSecret;
  const events = createEventLog({ raw, log, epoch: installation.epoch, cursorSecret: secret, ...eventLog });
  return { events, secret };
}
