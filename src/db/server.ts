import type { Logger } from "pino";
import type { Sql } from "postgres";
import { StartError } from "../core/error.ts";
import { describeAddress } from "./address.ts";
import { openClient, sessionLimits } from "./client.ts";
import { postgres } from "./driver.ts";

const OLDEST_SERVER = 150_000;
const PROBES = 5;
const PROTOCOL_VIOLATION = "08P01";
const ASK_FOR_DIRECT =
  "Set DATABASE_DIRECT_URL to the address of the server itself, which migrations and LISTEN need beside it.";

/** The addresses by which a process reaches its database, and the variables that name them. */
export interface DatabaseUrls {
  url: string;
  /** The same database past a pooler that lends a session for one transaction only. */
  directUrl?: string | undefined;
}

/**
 * Makes sure that the database can be used.
 * @throws StartError when it cannot be reached, is older than PostgreSQL 15, without ICU or UTF-8, a standby, or when a pooler is in the way
 */
export async function assertServers({ url, directUrl }: DatabaseUrls): Promise<void> {
  if (!directUrl) return withClient({ url, variable: "DATABASE_URL", sessions: true }, assertDirect);
  await withClient({ url: directUrl, variable: "DATABASE_DIRECT_URL", sessions: true }, assertDirect);
  await withClient({ url, variable: "DATABASE_URL", sessions: false }, assertPooled);
}

/** @throws StartError when both addresses lead to different databases; for after the migration */
export async function assertSameDatabase({ url, directUrl }: DatabaseUrls): Promise<void> {
  if (!directUrl) return;
  const read = ({ sql }: Visit) => sql<{ epoch: string }[]>`select epoch from installations`;
  const direct = await withClient({ url: directUrl, variable: "DATABASE_DIRECT_URL", sessions: true }, read);
  const pooled = await withClient({ url, variable: "DATABASE_URL", sessions: false }, read).catch(() => []);
  if (direct[0]?.epoch === pooled[0]?.epoch) return;
  throw new StartError(
    `DATABASE_URL (${describeAddress(url)}) and DATABASE_DIRECT_URL (${describeAddress(directUrl)}) lead to different databases.`,
  );
}

/** Through a pooler only transactions carry our limits; other statements have the role's. */
export async function warnOfEndlessStatements(pooled: Sql, log: Logger): Promise<void> {
  const [row] = await pooled<{ limit: string }[]>`select current_setting('statement_timeout') as limit`;
  if (row?.limit !== "0") return;
  log.warn(
    "statements outside of transactions may run without end through this pooler: set the role's statement_timeout",
  );
}

interface Target {
  url: string;
  variable: string;
  /** Whether what is set for a session must last as long as the connection. */
  sessions: boolean;
}

interface Visit extends Target {
  sql: Sql;
}

async function withClient<T>(target: Target, work: (visit: Visit) => Promise<T>): Promise<T> {
  const session = target.sessions ? sessionLimits(0) : {};
  const sql = openClient(target.url, { max: 1, session });
  try {
    return await work({ ...target, sql });
  } catch (cause) {
    if (cause instanceof StartError) throw cause;
    throw new StartError(explain(target, cause), { cause });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function assertDirect(visit: Visit): Promise<void> {
  const { sql, url, variable } = visit;
  const place = describeAddress(url);
  const { version, encoding, icu, standby, limit, pooled } = await readFacts(sql);
  if (version < OLDEST_SERVER) {
    throw new StartError(`The database ${place} is older than PostgreSQL 15. Set ${variable} to a newer one.`);
  }
  // Names are sorted and searched by ICU, which knows text in UTF-8 only.
  if (encoding !== "UTF8") {
    throw new StartError(`The database ${place} has the encoding ${encoding}. Create it with encoding UTF8.`);
  }
  if (!icu) {
    throw new StartError(
      `The database ${place} has no ICU collations. Use a PostgreSQL that is built with ICU, as the usual packages are.`,
    );
  }
  if (standby) {
    throw new StartError(`The database ${place} is a standby, which takes no writes. Set ${variable} to the primary.`);
  }
  if (limit === "0" || (pooled && !(await keepsSessions(visit)))) throw new StartError(explainPooler(visit));
}

async function assertPooled({ sql, url }: Visit): Promise<void> {
  const { standby, pooled, name } = await readFacts(sql);
  if (standby) {
    throw new StartError(`The database ${describeAddress(url)} is a standby. Set DATABASE_URL to the primary.`);
  }
  // A pooler that carries prepared statements from one server connection to another gives them names of its own.
  const [own] = await sql`select from pg_prepared_statements where name = ${name}`;
  if (pooled && own) {
    throw new StartError(
      `The pooler at ${describeAddress(url)} does not know prepared statements, and answers would go to the wrong requests. ` +
        "Use PgBouncer 1.21 or newer with max_prepared_statements set, or set DATABASE_URL to the server itself.",
    );
  }
}

interface Facts {
  version: number;
  encoding: string;
  icu: boolean;
  standby: boolean;
  pid: number;
  limit: string;
}

async function readFacts(sql: Sql) {
  const facts = await sql<Facts[]>`
    select current_setting('server_version_num')::int as version, getdatabaseencoding() as encoding,
      exists (select from pg_collation where collname = 'und-x-icu') as icu,
      pg_is_in_recovery() as standby, pg_backend_pid() as pid, current_setting('idle_in_transaction_session_timeout') as limit`;
  const [row] = facts;
  if (!row) throw new Error("the server answered with nothing");
  // A pooler greets with a process of its own making.
  return { ...row, pooled: facts.state.pid !== row.pid, name: facts.statement.name };
}

/** Whether a connection meets the same session after another one has used what it had freed. */
async function keepsSessions({ sql, url }: Visit): Promise<boolean> {
  const other = openClient(url, { max: 1, session: sessionLimits(0) });
  const pidOf = async (client: Sql) => (await client<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]?.pid;
  try {
    for (let probe = 0; probe < PROBES; probe += 1) {
      const own = await pidOf(sql);
      if ((await pidOf(other)) === own || (await pidOf(sql)) !== own) return false;
    }
    return true;
  } finally {
    await other.end({ timeout: 5 });
  }
}

function explain(target: Target, cause: unknown): string {
  if (target.sessions && cause instanceof postgres.PostgresError && cause.code === PROTOCOL_VIOLATION) {
    return explainPooler(target);
  }
  const certificates = /certificate|altnames/i.test(reasonOf(cause)) ? " and DATABASE_CA_FILE" : "";
  return `The database ${describeAddress(target.url)} cannot be used: ${reasonOf(cause)}. Check ${target.variable}${certificates}.`;
}

function explainPooler({ url, variable }: Target): string {
  const pooler = `${variable} (${describeAddress(url)}) goes through a pooler that does not keep sessions.`;
  return variable === "DATABASE_URL" ? `${pooler} ${ASK_FOR_DIRECT}` : `${pooler} Set it to the server itself.`;
}

/** A name that leads to several addresses fails with an error for each, and no message of its own. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.map(reasonOf).join(", ");
  if (!(cause instanceof Error)) return String(cause);
  // Node.js advises to trust more authorities, which is one remedy of several.
  return (cause.message || cause.name).replace(/; if the root CA.*|\.$/, "");
}
