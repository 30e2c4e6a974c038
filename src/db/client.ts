import type { DrizzleConfig } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
import type { Sql } from "postgres";
import { postgres } from "./driver.ts";

export type Database = PostgresJsDatabase;
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];
/** What a loader or a write needs: the database or a transaction on it. */
export type Executor = Database | Transaction;

export interface Connections {
  db: Database;
  /**
   * For statements that an index answers at once, such as rows by their ids: few connections, on which they queue. What an
   * operation asks at a time leaves in one packet, and PostgreSQL does not switch between more processes than it has cores.
   */
  lookups: Database;
  /** The same for pages of lists without a filter, which take longer than rows by their ids. */
  pages: Database;
  /** For what is asked before an operation runs: who the caller is and which document is meant. Nothing else waits on it. */
  authentication: Database;
  /** A client of its own, because drizzle changes the parsers of the one that it is given. */
  raw: Sql;
  close: () => Promise<void>;
}

export interface ConnectOptions {
  url: string;
  /** How long a statement may take, in milliseconds; without end when left out. */
  statementTimeoutMs?: number;
  /** Connections of `db`; the others have a few more. */
  max?: number;
  /** Sees each statement, and whether it goes through drizzle or the raw client. */
  onQuery?: (text: string, query: { client: "drizzle" | "raw"; parameters: unknown[] }) => void;
}

const common = {
  // A connection that is reset while types are fetched would end the process; arrays go as text instead.
  fetch_types: false,
  onnotice: () => {},
  connect_timeout: 5,
  // The library's own delay grows with the number of connections that were lost at once, to 20 s after a restart.
  backoff: () => 0.1 + Math.random() * 0.4,
};

const QUICK_CONNECTIONS = { lookups: 2, pages: 2, authentication: 1 };
/**
 * How long a statement waits for a lock. What an index answers at once meets none but while its table is being altered, and
 * what is pipelined after it waits as long.
 */
const MAX_LOCK_WAIT_MS = { db: 5_000, quick: 300 };
const SESSION = { application_name: "interview-gateway", idle_in_transaction_session_timeout: 30_000 };

/** Opens the pools; nothing is sent until the first statement. */
export function connect({ url, statementTimeoutMs = 0, max = 10, onQuery }: ConnectOptions): Connections {
  const connection = { ...SESSION, statement_timeout: statementTimeoutMs };
  const serving = (lockTimeoutMs: number) => ({
    ...common,
    connection: { ...connection, ...(statementTimeoutMs > 0 && { lock_timeout: lockTimeoutMs }) },
  });
  const client = postgres(url, { ...serving(MAX_LOCK_WAIT_MS.db), max });
  const quick = (connections: number) => postgres(url, { ...serving(MAX_LOCK_WAIT_MS.quick), max: connections });
  const lookups = quick(QUICK_CONNECTIONS.lookups);
  const pages = quick(QUICK_CONNECTIONS.pages);
  const authentication = quick(QUICK_CONNECTIONS.authentication);
  const raw = postgres(url, {
    ...serving(MAX_LOCK_WAIT_MS.db),
    max: 4,
    ...(onQuery && { debug: (_connection, text, parameters) => onQuery(text, { client: "raw", parameters }) }),
  });
  const logger: DrizzleConfig["logger"] = onQuery
    ? { logQuery: (text, parameters) => onQuery(text, { client: "drizzle", parameters }) }
    : false;
  return {
    db: drizzle(withoutPipelining(client), { logger }),
    lookups: drizzle(lookups, { logger }),
    pages: drizzle(pages, { logger }),
    authentication: drizzle(authentication, { logger }),
    raw,
    async close() {
      await Promise.all([client, lookups, pages, authentication, raw].map((one) => one.end({ timeout: 5 })));
    },
  };
}

/**
 * Any statement may be slow, so nothing is sent after it on its connection while another may be free. Inside transactions,
 * which have a connection each, statements are pipelined as ever.
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

/** Host, port and database of a connection string, without user and password, for messages. */
export function describeUrl(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
