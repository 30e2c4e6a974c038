import type { Db } from "pg-boss";
import type { Sql } from "postgres";

/** What the queue's library expects of arrays, which the driver leaves as text: those of text, names, uuid and numbers. */
const TEXT_ARRAYS = [1009, 1015, 2951];
const NUMBER_ARRAYS = [1005, 1007, 1016, 1022];

/**
 * Runs the statements of pg-boss on postgres.js. It was written for `pg`, which sends values as they are, while postgres.js would
 * turn the text of a JSON value into a JSON string.
 */
export function queueDatabase(sql: Sql): Db {
  const { parsers, serializers } = sql.options;
  for (const type of Object.keys(serializers)) serializers[Number(type)] = (value) => value;
  for (const type of TEXT_ARRAYS) parsers[type] = parseArray;
  for (const type of NUMBER_ARRAYS) parsers[type] = (text: string) => parseArray(text).map(Number);
  return {
    executeSql: async (text, values = []) => ({
      rows: /^\s*begin\b/i.test(text)
        ? await runScript(sql, text)
        : flatten(await sql.unsafe(text, values.map(toText))),
    }),
  };
}

/** A script that opens a transaction needs a connection for itself. */
async function runScript(sql: Sql, script: string): Promise<object[]> {
  const reserved = await sql.reserve();
  try {
    return flatten(await reserved.unsafe(script));
  } catch (error) {
    await reserved`rollback`.catch(() => {});
    throw error;
  } finally {
    reserved.release();
  }
}

/** Several statements bring a list of rows each. */
function flatten(result: readonly object[]): object[] {
  return result.some(Array.isArray) ? result.flat() : [...result];
}

function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `{${value.map(toElement).join(",")}}`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function toElement(value: unknown): string {
  const text = toText(value);
  return text === null ? "NULL" : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function parseArray(text: string): (string | null)[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|[^{},"]+/g)].map(([plain, quoted]) => {
    if (quoted !== undefined) return quoted.replace(/\\(.)/g, "$1");
    return plain === "NULL" ? null : plain;
  });
}
