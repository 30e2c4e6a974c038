import type { DrizzleConfig } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
import type { Sql } from "postgres";
import { readAddress } from "./address.ts";
import { postgres } from "./driver.ts";

export type Database = PostgresJsDatabase;
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];
/** What a loader or a write needs: the database or a transaction on it. */
export type Executor = Database | Transaction;

export interface Connections {
  db: Database;
  /**
   * For statements that an index answers at once, such as rows by id: few connections, on which they queue. The statements of
   * one tick leave in one packet, and PostgreSQL does not switch between more processes than it has cores.
   */
  lookups: Database;
  /** The same for pages of lists without a filter, which take longer than rows by their ids. */
  pages: Database;
  /** For look-ups before an operation runs: the caller and the document. Nothing else waits on it. */
  authentication: Database;
  /** A client of its own, because drizzle changes the parsers of the one that it is given. */
  raw: Sql;
  /** The task queue's. */
  tasks: Sql;
  /** For LISTEN, which needs a session of its own. */
  listener: Sql;
  close: () => Promise<void>;
}

/** How many connections each pool may open. */
export interface PoolSizes {
  db: number;
  lookups: number;
  pages: number;
  authentication: number;
  raw: number;
  tasks: number;
}

export interface ConnectOptions {
  /** As in DATABASE_URL. */
  url: string;
  /** Past a pooler that lends a session for one transaction only: where sessions last. `url` when left out. */
  directUrl?: string | undefined;
  /** How long a statement may take, in milliseconds; without end when left out. */
  statementTimeoutMs?: number;
  sizes?: Partial<PoolSizes>;
  /** Sees each statement, and whether it goes through drizzle or the raw client. */
  onQuery?: (text: string, query: { client: "drizzle" | "raw"; parameters: unknown[] }) => void;
}

const common = {
  // A connection that is reset while types are fetched would end the process; arrays go as text instead.
  fetch_types: false,
  onnotice: () => {},
  // The library's own delay grows with the number of connections that were lost at once, to 20 s after a restart.
  backoff: () => 0.1 + Math.random() * 0.4,
};

export const DEFAULT_POOL_SIZE = 22;
export const MIN_POOL_SIZE = 12;
/** Pools of a fixed size: their statements are quick. */
const QUICK = { lookups: 2, pages: 2, authentication: 1 };
const LISTENERS = 1;
const IDLE_IN_TRANSACTION_MS = 30_000;
/**
 * How long a statement waits for a lock. A statement that an index answers at once meets one only while
 * its table is being altered, and the statements pipelined after it wait as long.
 */
const MAX_LOCK_WAIT_MS = { db: 5_000, quick: 300 };

/** Divides the connections that a process may hold among its pools. */
export function dividePool(total: number, worker: boolean): PoolSizes {
  const share = Math.min(4, Math.floor(total / 5));
  const sizes = { ...QUICK, raw: share, tasks: worker ? share : 1 };
  const taken = Object.values(sizes).reduce((sum, size) => sum + size, LISTENERS);
  return { ...sizes, db: total - taken };
}

/** A client with the settings that all have in common; nothing is sent until its first statement. */
export function openClient(url: string, options: { max: number; name?: string; session?: object; debug?: Debug }): Sql {
  const { connection, ...address } = readAddress(url);
  const { max, name = "interview-gateway", session, debug } = options;
  const settings = {
    ...common,
    ...address,
    max,
    connection: { application_name: name, ...session, ...connection },
    ...(debug && { debug }),
  };
  return postgres(settings as Options);
}

/** The driver's own declaration does not know all that it takes. */
type Options = NonNullable<Parameters<typeof postgres>[0]> & object;
type Debug = (connection: number, text: string, parameters: unknown[]) => void;

/** Opens the pools; nothing is sent until the first statement. */
export function connect(options: ConnectOptions): Connections {
  const { url, directUrl, statementTimeoutMs = 0, onQuery } = options;
  const sizes = { ...dividePool(DEFAULT_POOL_SIZE, true), ...options.sizes };
  const open = (max: number, lockTimeoutMs: number, debug?: Debug) => {
    const session = {
      ...sessionLimits(statementTimeoutMs),
      ...(statementTimeoutMs > 0 && { lock_timeout: lockTimeoutMs }),
    };
    const opened = openClient(url, { max, ...(!directUrl && { session }), ...(debug && { debug }) });
    return directUrl ? limitTransactions(opened, session) : opened;
  };
  const client = open(sizes.db, MAX_LOCK_WAIT_MS.db);
  const lookups = open(sizes.lookups, MAX_LOCK_WAIT_MS.quick);
  const pages = open(sizes.pages, MAX_LOCK_WAIT_MS.quick);
  const authentication = open(sizes.authentication, MAX_LOCK_WAIT_MS.quick);
  const raw = open(
    sizes.raw,
    MAX_LOCK_WAIT_MS.db,
    onQuery && ((_connection, text, parameters) => onQuery(text, { client: "raw", parameters })),
  );
  const tasks = openClient(url, { max: sizes.tasks, name: "interview-gateway tasks" });
  const listener = openClient(directUrl ?? url, { max: LISTENERS });
  const all = [client, lookups, pages, authentication, raw, tasks, listener];
  const logger: DrizzleConfig["logger"] = onQuery
    ? { logQuery: (text, parameters) => onQuery(text, { client: "drizzle", parameters }) }
    : false;
  return {
    db: drizzle(withoutPipelining(client), { logger }),
    lookups: drizzle(lookups, { logger }),
    pages: drizzle(pages, { logger }),
    authentication: drizzle(authentication, { logger }),
    raw,
    tasks,
    listener,
    async close() {
      await Promise.all(all.map((one) => one.end({ timeout: 5 })));
    },
  };
}

/** Settings of a session that bound what it may hold. */
export function sessionLimits(statementTimeoutMs: number) {
  return { statement_timeout: statementTimeoutMs, idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS };
}

/**
 * Sets the limits in each transaction, since a pooler refuses them for a session. They leave in one packet with BEGIN, so that
 * they cost no round trip.
 */
function limitTransactions(client: Sql, limits: object): Sql {
  const settings = Object.entries(limits).map(([name, value]) => `; set local ${name} = ${value}`);
  const unsafe = client.unsafe.bind(client) as (text: string, ...rest: unknown[]) => ReturnType<Sql["unsafe"]>;
  const limited: typeof unsafe = (text, ...rest) =>
    unsafe(text.startsWith("begin ") ? text + settings.join("") : text, ...rest);
  return Object.assign(client, { unsafe: limited as Sql["unsafe"] });
}

/**
 * Any statement may be slow, so no other is pipelined after it while a connection may be free. Inside transactions, which have
 * a connection each, statements are pipelined.
 */
function withoutPipelining(client: Sql): Sql {
  const unsafe = client.unsafe.bind(client);
  // The driver asks this of the statements of its own transactions: whether more may follow on the connection.
  const alone = { onexecute: () => false };
  const send = (...[text, parameters, options]: Parameters<Sql["unsafe"]>) =>
    unsafe(text, parameters, { ...alone, ...options });
  return Object.assign(client, { unsafe: send });
}

/** The text of an array parameter, for ids and numbers: nothing in them needs quoting. */
export const arrayLiteral = (items: readonly (string | number)[]): string => `{${items.join(",")}}`;

/** The same for any text. */
export const textArrayLiteral = (items: readonly string[]): string =>
  arrayLiteral(items.map((item) => `"${item.replaceAll(/["\\]/g, String.raw`\$&`)}"`));
