import { DrizzleQueryError } from "drizzle-orm";
import type { PostgresError } from "postgres";
import { postgres } from "./driver.ts";

const LOCK_NOT_AVAILABLE = "55P03";

/** PostgreSQL's own error that a failed statement has as its cause; undefined for any other error. */
export function postgresError(error: unknown): PostgresError | undefined {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  return cause instanceof postgres.PostgresError ? cause : undefined;
}

/** Whether a statement gave up because something else holds a lock that it needs. */
export function isLockTimeout(error: unknown): boolean {
  return postgresError(error)?.code === LOCK_NOT_AVAILABLE;
}

/** Name of the constraint that a failed statement ran into. */
export function violatedConstraint(error: unknown): string | undefined {
  return postgresError(error)?.constraint_name;
}
