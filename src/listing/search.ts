import { and, eq, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { arrayLiteral } from "../db/client.ts";
import { searchKey } from "../db/schema/name.ts";

/**
 * Each word of the query occurs somewhere in the text, whatever its letter case and Unicode form. LIKE's own characters
 * match themselves. A query without a word matches everything.
 * @param key a `searchKey`, so that an index finds it
 */
export function containsWords(key: SQL, query: string | null | undefined): SQL | undefined {
  const words = (query ?? "")
    .normalize("NFC")
    .split(/\s+/)
    .filter((word) => word !== "");
  return and(...words.map((word) => sql`${key} like ${searchKey(sql`${`%${escapeLike(word)}%`}::text`)}`));
}

const escapeLike = (text: string) => text.replaceAll(/[\\%_]/g, String.raw`\$&`);

/**
 * Whether a column holds one of the ids; everything matches when no list is sent. A single id is compared as such, so that an
 * index can also supply the order.
 */
export function amongIds(column: PgColumn, ids: readonly string[] | null | undefined): SQL | undefined {
  if (!ids) return undefined;
  const [only] = ids;
  return only && ids.length === 1 ? eq(column, only) : sql`${column} = any(${arrayLiteral(ids)}::uuid[])`;
}
