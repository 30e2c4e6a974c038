import type { Logger } from "pino";
import { DrizzleQueryError } from "drizzle-orm";
import { RequestError } from "../core/error.ts";
import { postgresError } from "./constraint.ts";

/**
 * SQLSTATE of a database that cannot serve now, whatever the statement: connections (08), no session (28, 3D000), a standby
 * that is not yet promoted (25006), a session that was ended (25P03), resources (53), locks (55P03), shutdown and start
 * (57P), the machine (58).
 */
const UNAVAILABLE = /^(?:08|28|53|57P|58)|^(?:25006|25P03|3D000|55P03)$/;
/** How postgres.js and Node.js name a connection that was lost or cannot be made. */
const DISCONNECTED = /^(?:CONNECT(?:ION)?_[A-Z]+|E(?!RR_)[A-Z_]+|ERR_(?:TLS|SSL)_\w+)$|CERT/;
const LOG_EVERY_MS = 5_000;
const MAX_NAMES = 100;

/** Whether an error says that the database is away, full or locked, and the statement is not at fault. */
export function isOutage(error: unknown): boolean {
  if (error instanceof RequestError) return error.code === "DATABASE_UNAVAILABLE";
  const refusal = postgresError(error);
  return refusal ? UNAVAILABLE.test(refusal.code) : isConnectionLost(error);
}

/** Whether no answer came: the last statement may have taken effect or not. */
export function isConnectionLost(error: unknown): boolean {
  if (postgresError(error)) return false;
  const cause = causeOf(error);
  if (!(cause instanceof Error) || !("code" in cause)) return false;
  const code = String(cause.code);
  // The driver notes the statement at errors of its sockets; other libraries' errors have the same codes.
  return DISCONNECTED.test(code) && ("query" in cause || code.startsWith("CONNECT"));
}

/** @param advice follows the sentence that the database is unavailable */
export function databaseUnavailable(cause: unknown, advice = "Try again in a moment."): RequestError {
  const error = new RequestError("DATABASE_UNAVAILABLE", `The database is unavailable. ${advice}`);
  return Object.assign(error, { cause });
}

/** Logs at once and then now and then, however many requests meet the same outage. */
export function createOutageLog(log: Logger): (error: unknown) => void {
  const isDue = createPacer();
  let unreported = 0;
  return (error) => {
    unreported += 1;
    if (!isDue("outage")) return;
    log.warn({ reason: reasonOf(error), errors: unreported }, "the database is unavailable");
    unreported = 0;
  };
}

/** Limits each name to once in a few seconds. */
export function createPacer(): (name: string) => boolean {
  const quietUntil = new Map<string, number>();
  return (name) => {
    const now = performance.now();
    if ((quietUntil.get(name) ?? 0) > now) return false;
    if (quietUntil.size > MAX_NAMES) quietUntil.clear();
    quietUntil.set(name, now + LOG_EVERY_MS);
    return true;
  };
}

function reasonOf(error: unknown): string {
  const cause = causeOf(error);
  const code = cause instanceof Error && "code" in cause ? `${String(cause.code)} ` : "";
  return code + (cause instanceof Error ? cause.message || cause.name : String(cause));
}

/** What the driver said, under what was made of it. */
function causeOf(error: unknown): unknown {
  const wrapped = error instanceof DrizzleQueryError || error instanceof RequestError;
  return wrapped && error.cause ? causeOf(error.cause) : error;
}
