import { createHash } from "node:crypto";
import { and, asc, desc, eq, getTableColumns, getTableName, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { z } from "zod";
import { RequestError } from "../core/error.ts";
import { unstorable } from "../core/text.ts";
import { arrayLiteral } from "../db/client.ts";
import type { Executor } from "../db/client.ts";
import { prepareRows } from "../db/rows.ts";
import type { Context } from "./context.ts";

export const DEFAULT_PAGE = 20;
export const LARGEST_PAGE = 100;
const LIMITS = [2, 6, 11, 21, 51, LARGEST_PAGE + 1];

export interface PageArguments {
  first?: number | null | undefined;
  last?: number | null | undefined;
  after?: string | null | undefined;
  before?: string | null | undefined;
}

export interface Page<Row> {
  edges: { cursor: string; node: Row }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

/** A table listed in the order of one text or instant column and then of the id, within the caller's account. */
export interface PageQuery<T extends PageTable> {
  table: T;
  sort: keyof T["$inferSelect"] & string;
  descending?: boolean | undefined;
  where?: SQL | undefined;
  /** A transaction to read in. */
  executor?: Executor | undefined;
}

export type PageTable = PgTable & { accountId: PgColumn; id: PgColumn };
type Row<T extends PageTable> = T["$inferSelect"];

/** In the `where` of pages that belong to parents: the id of the parent. */
export const PARENT_ID: SQL = sql`parent.id`;

const text = z.string().refine((value) => !unstorable(value));
const instant = z.iso.datetime().transform((value) => new Date(value));

/**
 * One page by keyset: stable while rows are inserted, and as quick on the last page as on the first.
 * @throws RequestError INVALID_INPUT or CURSOR_INVALID when the arguments cannot be meant
 */
export async function loadPage<T extends PageTable>(
  ctx: Context,
  query: PageQuery<T>,
  args: PageArguments,
): Promise<Page<Row<T>>> {
  const { executor = ctx.db } = query;
  const { where, orderBy, size } = keyset(ctx, query, args);
  const find = prepareRows(query.table, { where, orderBy, limit: limitFor(size) });
  const found: Row<T>[] = query.where ? await find.runOnce(executor) : await find.run(executor);
  return toPage(ctx, { query, args, found });
}

/** The same page for each of several parents, in one statement. */
export async function loadPages<T extends PageTable>(
  ctx: Context,
  query: PageQuery<T>,
  { args, parentIds }: { args: PageArguments; parentIds: readonly string[] },
): Promise<Map<string, Page<Row<T>>>> {
  const { executor = ctx.db } = query;
  const rowsOf: PgTable = query.table;
  const { where, orderBy, size } = keyset(ctx, query, args);
  const page = executor
    .select()
    .from(rowsOf)
    .where(where)
    .orderBy(...orderBy)
    .limit(size + 1)
    .as("page");
  const rows = await executor
    .select({ parentId: sql<string>`${PARENT_ID}`, row: page._.selectedFields })
    .from(parents(parentIds))
    .crossJoinLateral(page);
  const found = Map.groupBy(rows, ({ parentId }) => parentId);
  return new Map(
    parentIds.map((id) => {
      const own: Row<T>[] = (found.get(id) ?? []).map(({ row }) => row);
      return [id, toPage(ctx, { query, args, found: own })];
    }),
  );
}

/** How many rows there are on all pages together. */
export async function countRows<T extends PageTable>(
  ctx: Context,
  { table, where, executor = ctx.db }: PageQuery<T>,
): Promise<number> {
  return executor.$count(table, and(eq(table.accountId, ctx.accountId), where));
}

/** The same for each of several parents, in one statement. */
export async function countRowsOf<T extends PageTable>(
  ctx: Context,
  { table, where, executor = ctx.db }: PageQuery<T>,
  parentIds: readonly string[],
): Promise<Map<string, number>> {
  const rowsOf: PgTable = table;
  const counted = executor
    .select({ count: sql<number>`count(*)::int`.as("count") })
    .from(rowsOf)
    .where(and(eq(table.accountId, ctx.accountId), where))
    .as("counted");
  const rows = await executor
    .select({ parentId: sql<string>`${PARENT_ID}`, count: counted.count })
    .from(parents(parentIds))
    .crossJoinLateral(counted);
  return new Map(rows.map(({ parentId, count }) => [parentId, count]));
}

const parents = (ids: readonly string[]) => sql`unnest(${arrayLiteral(ids)}::uuid[]) as parent (id)`;

interface Keyset {
  where: SQL | undefined;
  orderBy: SQL[];
  /** How many rows the page holds. */
  size: number;
}

function keyset<T extends PageTable>(ctx: Context, query: PageQuery<T>, args: PageArguments): Keyset {
  const { size, backward } = pageSize(args);
  const { table, descending = false } = query;
  const sort = sortColumn(query);
  const direction = backward === descending ? asc : desc;
  const beyond = (cursor: string | null | undefined, side: "after" | "before") => {
    if (cursor == null) return undefined;
    const [value, id] = decodeCursor(ctx, query, cursor);
    const operator = sql.raw((side === "after") === descending ? "<" : ">");
    return sql`(${sort}, ${table.id}) ${operator} (${sql.param(value, sort)}, ${sql.param(id, table.id)})`;
  };
  return {
    where: and(
      eq(table.accountId, ctx.accountId),
      query.where,
      beyond(args.after, "after"),
      beyond(args.before, "before"),
    ),
    orderBy: [direction(sort), direction(table.id)],
    size,
  };
}

function toPage<T extends PageTable>(
  ctx: Context,
  { query, args, found }: { query: PageQuery<T>; args: PageArguments; found: Row<T>[] },
): Page<Row<T>> {
  const { size, backward } = pageSize(args);
  const more = found.length > size;
  const rows = backward ? found.slice(0, size).toReversed() : found.slice(0, size);
  const edges = rows.map((node) => ({
    node,
    // Few ask for it.
    get cursor() {
      return encodeCursor(ctx, query, [node[query.sort], node["id"]]);
    },
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: backward ? args.before != null : more,
      hasPreviousPage: backward ? more : args.after != null,
      get startCursor() {
        return edges[0]?.cursor ?? null;
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null;
      },
    },
  };
}

/** At least one more than the page holds, which tells whether the list goes on; few numbers, so that few statements. */
const limitFor = (size: number): number => LIMITS.find((limit) => limit > size) ?? LARGEST_PAGE + 1;

function pageSize({ first, last }: PageArguments): { size: number; backward: boolean } {
  if (first != null && last != null) throw new RequestError("INVALID_INPUT", "Send either first or last, not both.");
  const size = first ?? last ?? DEFAULT_PAGE;
  if (size < 0 || size > LARGEST_PAGE) {
    const name = first == null ? "last" : "first";
    throw new RequestError("INVALID_INPUT", `${name} must be between 0 and ${LARGEST_PAGE}, and ${size} is not.`);
  }
  return { size, backward: last != null };
}

function sortColumn<T extends PageTable>({ table, sort }: PageQuery<T>): PgColumn {
  const column = getTableColumns(table)[sort];
  if (!column) throw new Error(`The table has no column ${sort}.`);
  return column;
}

/** Tells the lists of one account, table and order from all others, whose cursors mean nothing here. */
function listTag<T extends PageTable>(ctx: Context, { table, sort, descending = false }: PageQuery<T>): string {
  const list = JSON.stringify([ctx.accountId, getTableName(table), sort, descending]);
  return createHash("sha256").update(list).digest("base64url").slice(0, 12);
}

function encodeCursor<T extends PageTable>(ctx: Context, query: PageQuery<T>, position: [unknown, unknown]): string {
  return Buffer.from(JSON.stringify([listTag(ctx, query), ...position])).toString("base64url");
}

function decodeCursor<T extends PageTable>(ctx: Context, query: PageQuery<T>, cursor: string): [string | Date, string] {
  const value = sortColumn(query).dataType === "date" ? instant : text;
  const position = z.tuple([z.literal(listTag(ctx, query)), value, z.uuid()]);
  try {
    const [, sorted, id] = position.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    return [sorted, id];
  } catch {
    throw new RequestError(
      "CURSOR_INVALID",
      "This is not a cursor of this list in this order. Send one that pageInfo or an edge of it returned.",
    );
  }
}
