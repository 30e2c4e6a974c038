import { and, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { SQL } from "drizzle-orm";

/**
 * Each word of the query occurs somewhere in the text, in either letter case. What LIKE would read as a pattern is read as
 * it stands. A query without a word matches everything.
 */
export function containsWords(text: SQL | PgColumn, query: string | null | undefined): SQL | undefined {
  const words = (query ?? "").split(/\s+/).filter((word) => word !== "");
  return and(...words.map((word) => sql`${text} ilike ${`%${escapeLike(word)}%`}`));
}

const escapeLike = (text: string) => text.replaceAll(/[\\%_]/g, String.raw`\$&`);
