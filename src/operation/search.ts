import { and, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
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
