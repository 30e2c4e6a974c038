import { join } from "node:path";
import type { Logger } from "pino";
import { createDocumentResolver } from "./account/document.ts";
import { createPersonAuthenticator } from "./account/person.ts";
import type { PersonTokens } from "./account/person.ts";
import { createAuthenticator } from "./account/token.ts";
import { createBridge } from "./calendar/bridge.ts";
import type { BridgeOptions } from "./calendar/bridge.ts";
import { createSandbox } from "./calendar/sandbox.ts";
import type { Providers } from "./calendar/provider.ts";
import { tzVersion } from "./core/zone.ts";
import { connect } from "./db/client.ts";
import type { Connections, ConnectOptions, Database } from "./db/client.ts";
import { migrateDatabase } from "./db/migrate.ts";
import { readInstallation } from "./db/installation.ts";
import { findDifferingZones } from "./db/zone-audit.ts";
import { createEventLog } from "./events/log.ts";
import type { EventLog, EventLogOptions } from "./events/log.ts";
import { createWake } from "./events/wake.ts";
import type { GuardOptions } from "./graphql/guard.ts";
import type { SocketLimits } from "./graphql/roster.ts";
import { loadDemo } from "./import/demo.ts";
import { provisionInterview } from "./interview/tasks.ts";
import type { ResolveDocument } from "./operation/document.ts";
import type { Caller, Services } from "./operation/context.ts";
import { createTaskQueue, migrateTasks } from "./tasks/runner.ts";
import type { TaskQueue } from "./tasks/runner.ts";

const TASKS = [provisionInterview];

export interface AppOptions {
  databaseUrl: string;
  /** Directory for what the sandbox writes. */
  dataDir: string;
  publicUrl: string;
  /** Whether this process runs tasks. */
  worker: boolean;
  /** Whether the demo account is loaded. */
  demo: boolean;
  log: Logger;
  /** Signs cursors; the database's own secret when left out. */
  cursorSecret?: string | undefined;
  /** Whose tokens are taken for persons; nobody's when left out. */
  persons?: PersonTokens | null;
  /** How long events are kept, in milliseconds. */
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
  close(): Promise<void>;
}

/** Brings every table of the application, the queue's included, to its newest form. */
export async function migrateApp(databaseUrl: string): Promise<void> {
  await migrateDatabase(databaseUrl, () => migrateTasks(databaseUrl, TASKS));
}

/** Migrates the database and opens everything that hangs on it. */
export async function openApp(options: AppOptions): Promise<App> {
  const { databaseUrl, log, worker, persons, now = () => new Date() } = options;
  await migrateApp(databaseUrl);
  const connections = connect({
    url: databaseUrl,
    statementTimeoutMs: options.limits.deadlineMs,
    ...(options.onQuery && { onQuery: options.onQuery }),
  });
  const { db, lookups, raw } = connections;
  if (options.demo) await loadDemo(db);

  const wake = createWake(raw, log);
  const events = await openEventLog(options, connections);
  const tasks = createTaskQueue(databaseUrl, log, worker);
  await tasks.start();
  wake.onCommit(() => events.kick());
  wake.onCommit(() => tasks.kick());
  await wake.listen();

  return {
    options,
    services: { db, lookups, tasks, events, log, now, wake: () => wake.committed() },
    connections,
    events,
    tasks,
    providers: { ...createProviders(options, db, now), ...options.providers },
    resolveDocument: createDocumentResolver(lookups),
    authenticate: createAuthenticator(lookups, {
      persons: persons ? createPersonAuthenticator(persons, { db: lookups, log, now }) : null,
    }),
    async close() {
      await tasks.stop();
      await events.stop();
      await connections.close();
    },
  };
}

/** Logs every zone whose rules the runtime and the database tell differently; for the start of a gateway. */
export async function auditZones({ connections, services: { log, now } }: App): Promise<void> {
  try {
    for (const { zone, reason } of await findDifferingZones(connections.raw, { from: now() })) {
      log.info({ zone, reason, tzVersion }, "the database has other rules for a time zone; the runtime's are used");
    }
  } catch (error) {
    log.warn({ error }, "the time zones of the database could not be compared");
  }
}

function createProviders({ provider, publicUrl, dataDir }: AppOptions, db: Database, now: () => Date): Providers {
  return provider
    ? createBridge({ ...provider, now })
    : createSandbox({ db, publicUrl, outbox: join(dataDir, "outbox") });
}

async function openEventLog({ log, cursorSecret, eventLog }: AppOptions, { raw }: Connections): Promise<EventLog> {
  const installation = await readInstallation(raw);
  const secret = cursorSecret ? Buffer.from(cursorSecret) : installation.cursorSecret;
  return createEventLog({ raw, log, epoch: installation.epoch, cursorSecret: secret, ...eventLog });
}
