import { createHash } from "node:crypto";
import { getTableName } from "drizzle-orm";
import { z } from "zod";
import { RequestError } from "../core/error.ts";
import { unstorable } from "../core/text.ts";
import { columnOf } from "../read/rows.ts";
import type { Context } from "../operation/context.ts";
import type { PageArguments, PageQuery, PageTable } from "./page.ts";

const text = z.string().refine((value) => !unstorable(value));
/** PostgreSQL knows no year 0. */
const FIRST_INSTANT = new Date("0001-01-01T00:00:00.000Z");
const instant = z.iso
  .datetime()
  .transform((value) => new Date(value))
  .refine((value) => value >= FIRST_INSTANT);

/** By what a list is sorted, and is read from a cursor; texts otherwise. */
const VALUES: Partial<Record<string, z.ZodType<string | number | Date>>> = { date: instant, number: z.int() };

/** Returned as it was received: a stream judges it. */
const eventCursor = z.base64url().max(100);

/**
 * The place in the event log that the first page of a paging was read at, as the cursor of the next one carries it; null for
 * a first page, and when the first was not asked for it.
 */
export function carriedPosition<T extends PageTable>(
  ctx: Context,
  query: PageQuery<T>,
  { after, before }: PageArguments,
): string | null {
  const cursor = after ?? before;
  return cursor == null ? null : (decodeCursor(ctx, query, cursor)[2] ?? null);
}

/** Identifies the lists of one account, table and order: cursors of others are refused. */
function listTag<T extends PageTable>(ctx: Context, { table, sort, descending = false }: PageQuery<T>): string {
  const list = JSON.stringify([ctx.accountId, getTableName(table), sort, descending]);
  return createHash("sha256").update(list).digest("base64url").slice(0, 12);
}

/** The opaque text of a place in a list. */
export function encodeCursor<T extends PageTable>(
  ctx: Context,
  query: PageQuery<T>,
  position: [unknown, unknown],
): string {
  const asOf = query.asOf == null ? [] : [query.asOf];
  return Buffer.from(JSON.stringify([listTag(ctx, query), ...position, ...asOf])).toString("base64url");
}

type Position = [value: string | number | Date, id: string, asOf?: string | undefined];

/** @throws RequestError CURSOR_INVALID when it is not a cursor of this list in this order */
export function decodeCursor<T extends PageTable>(ctx: Context, query: PageQuery<T>, cursor: string): Position {
  const value = VALUES[columnOf(query.table, query.sort).dataType] ?? text;
  const position = z.tuple([z.literal(listTag(ctx, query)), value, z.uuid(), eventCursor.optional()]);
  try {
    const [, sorted, id, asOf] = position.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    return [sorted, id, asOf];
  } catch {
    throw new RequestError(
      "CURSOR_INVALID",
      "This is not a cursor of this list in this order. Send one that pageInfo or an edge of it returned.",
    );
  }
}
