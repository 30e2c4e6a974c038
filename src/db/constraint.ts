import { DrizzleQueryError } from "drizzle-orm";
import type { PostgresError } from "postgres";
import { postgres } from "./driver.ts";

const LOCK_NOT_AVAILABLE = "55P03";
const EXCLUSION_VIOLATION = "23P01";

/** PostgreSQL's own error that a failed statement has as its cause; undefined for any other error. */
export function postgresError(error: unknown): PostgresError | undefined {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  return cause instanceof postgres.PostgresError ? cause : undefined;
}

/** Whether a statement gave up because something else holds a lock that it needs. */
export function isLockTimeout(error: unknown): boolean {
  return postgresError(error)?.code === LOCK_NOT_AVAILABLE;
}

/** Whether a statement wanted what another row excludes. A distributed database does not tell the name of the constraint. */
export function isExclusion(error: unknown): boolean {
  return postgresError(error)?.code === EXCLUSION_VIOLATION;
}
