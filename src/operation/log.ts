import { DrizzleQueryError } from "drizzle-orm";
import { pino } from "pino";
import type { DestinationStream, Logger } from "pino";
import { postgresError } from "../db/constraint.ts";

/** JSON lines. An error is logged without the values that a statement carried: they may be personal data. */
export function createLog(level: string, destination: DestinationStream): Logger {
  return pino({ level, base: null, serializers: { error: describeError } }, destination);
}

/** Turns JSON lines into lines for people, such as `12:30:05 warn the database is unavailable (errors: 3)`. */
export function readable(write: (line: string) => unknown): DestinationStream {
  return {
    write(line) {
      const { level, time, msg, role: _role, ...rest } = JSON.parse(line) as Record<string, unknown>;
      const label = pino.levels.labels[Number(level)];
      const fields = Object.entries(rest).map(([name, value]) => `${name}: ${textOf(value)}`);
      const clock = new Date(Number(time)).toTimeString().slice(0, 8);
      write(`${clock} ${label} ${String(msg)}${fields.length > 0 ? ` (${fields.join(", ")})` : ""}\n`);
    },
  };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function describeError(error: unknown): object {
  const postgres = postgresError(error);
  return {
    type: error instanceof Error ? error.name : typeof error,
    ...(postgres ? { code: postgres.code, constraint: postgres.constraint_name } : { message: messageOf(error) }),
    ...(error instanceof DrizzleQueryError && { statement: error.query }),
    stack: error instanceof Error ? framesOf(error) : undefined,
  };
}

function messageOf(error: unknown): string {
  if (error instanceof DrizzleQueryError) return error.cause?.message ?? "A statement failed.";
  return error instanceof Error ? error.message : String(error);
}

/** The stack without its first lines, which repeat the message. */
function framesOf({ stack = "" }: Error): string {
  return stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .join("\n");
}
