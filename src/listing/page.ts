import { and, asc, desc, eq, getTableColumns, getTableName, isNull, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { Cache } from "../core/cache.ts";
import { RequestError } from "../core/error.ts";
import { arrayLiteral } from "../db/client.ts";
import type { Executor } from "../db/client.ts";
import { columnOf, prepareRows } from "../read/rows.ts";
import type { Context } from "../operation/context.ts";
import type { Columns } from "../read/loader.ts";
import { decodeCursor, encodeCursor } from "./page-cursor.ts";
import { runQuickly } from "../read/quick.ts";

export const DEFAULT_PAGE_SIZE = 20;
export const MAX_PAGE_SIZE = 100;
const LIMITS = [2, 6, 11, 21, 51, MAX_PAGE_SIZE + 1];

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

/** A table listed in the order of one text, number or instant column and then of the id, within the caller's account. */
export interface PageQuery<T extends PageTable> {
  table: T;
  sort: keyof T["$inferSelect"] & string;
  descending?: boolean | undefined;
  where?: SQL | undefined;
  /** The columns that are read, besides id and sort; all when left out. */
  columns?: Columns | undefined;
  /** A transaction to read in. */
  executor?: Executor | undefined;
  /** The place in the event log that the cursors of the page carry to the pages after it. */
  asOf?: string | null | undefined;
}

export type PageTable = PgTable & { accountId: PgColumn; id: PgColumn };
type Row<T extends PageTable> = T["$inferSelect"];

/** In the `where` of pages that belong to parents: the id of the parent. */
export const PARENT_ID: SQL = sql`parent.id`;

/**
 * One page by keyset: stable while rows are inserted, and as quick on the last page as on the first.
 * @throws RequestError INVALID_INPUT or CURSOR_INVALID when the arguments cannot be meant
 */
export async function loadPage<T extends PageTable>(
  ctx: Context,
  query: PageQuery<T>,
  args: PageArguments,
): Promise<Page<Row<T>>> {
  const { executor } = query;
  const ends = endsOf(ctx, query, args);
  const known = query.where ? undefined : keptPage(ctx, query, args);
  const run = (database: Executor): Promise<Row<T>[]> =>
    known ? known.run(database, ends) : preparePage(query, args, (name) => ends[name]).runOnce(database);
  const inPool = () => (known ? runQuickly(query.table, { quick: ctx.pages, db: ctx.db }, run) : run(ctx.db));
  const found = await (executor ? run(executor) : inPool());
  return toPage(ctx, { query, args, found });
}

type Find = ReturnType<typeof prepareRows>;
/** Statements of lists without a filter, which connections hold prepared until they close. */
const MAX_STATEMENTS = 300;
const REPLACE_EVERY_MS = 10_000;
const statements = new Cache<Find>({
  maxSize: MAX_STATEMENTS,
  maxSizePerOwner: MAX_STATEMENTS / 2,
  replaceEveryMs: REPLACE_EVERY_MS,
});

function keptPage<T extends PageTable>(
  { accountId }: Context,
  query: PageQuery<T>,
  args: PageArguments,
): Find | undefined {
  const { table, sort, descending, columns } = query;
  const { size, backward } = pageSize(args);
  const shape = [getTableName(table), sort, descending, columns, limitFor(size), backward];
  const key = JSON.stringify([...shape, args.after != null, args.before != null]);
  const found = statements.get(key);
  if (found) return found;
  if (!statements.hasRoom(accountId)) return undefined;
  const made = preparePage(query, args, (name) => sql.placeholder(name));
  statements.set(key, made, { owner: accountId });
  return made;
}

function preparePage<T extends PageTable>(query: PageQuery<T>, args: PageArguments, valueOf: ValueOf): Find {
  const { where, orderBy, size } = keyset(query, args, valueOf);
  return prepareRows(query.table, { columns: columnsOf(query), where, orderBy, limit: limitFor(size) });
}

/** Columns of every page: its cursors need id and sort. */
const columnsOf = <T extends PageTable>({ columns, sort }: PageQuery<T>): Columns =>
  columns ? [...new Set(["id", sort, ...columns])] : null;

/** The same page for each of several parents, in one statement. */
export async function loadPages<T extends PageTable>(
  ctx: Context,
  query: PageQuery<T>,
  { args, parentIds }: { args: PageArguments; parentIds: readonly string[] },
): Promise<Map<string, Page<Row<T>>>> {
  const { executor = ctx.db } = query;
  const rowsOf: PgTable = query.table;
  const ends = endsOf(ctx, query, args);
  const { where, orderBy, size } = keyset(query, args, (name) => ends[name]);
  const columns = columnsOf(query) ?? Object.keys(getTableColumns(rowsOf));
  const page = executor
    .select(Object.fromEntries(columns.map((key) => [key, columnOf(rowsOf, key)])))
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
  return executor.$count(table, and(eq(table.accountId, ctx.accountId), notRetired(table), where));
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
    .where(and(eq(table.accountId, ctx.accountId), notRetired(table), where))
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

/** What a statement needs to know of a page: the account, and where the page begins and ends. */
type Ends = Record<"accountId" | "after" | "afterId" | "before" | "beforeId", string | number | Date | undefined>;
/** The value itself, or a placeholder for it. */
type ValueOf = (name: keyof Ends) => unknown;

function endsOf<T extends PageTable>(ctx: Context, query: PageQuery<T>, { after, before }: PageArguments): Ends {
  const [afterValue, afterId] = after == null ? [] : decodeCursor(ctx, query, after);
  const [beforeValue, beforeId] = before == null ? [] : decodeCursor(ctx, query, before);
  return { accountId: ctx.accountId, after: afterValue, afterId, before: beforeValue, beforeId };
}

function keyset<T extends PageTable>(query: PageQuery<T>, args: PageArguments, valueOf: ValueOf): Keyset {
  const { size, backward } = pageSize(args);
  const { table, sort: key, descending = false } = query;
  const sort = columnOf(table, key);
  const direction = backward === descending ? asc : desc;
  const beyond = (side: "after" | "before") => {
    if (args[side] == null) return undefined;
    const operator = sql.raw((side === "after") === descending ? "<" : ">");
    const id = sql.param(valueOf(`${side}Id`), table.id);
    return sql`(${sort}, ${table.id}) ${operator} (${sql.param(valueOf(side), sort)}, ${id})`;
  };
  return {
    where: and(
      sql`${table.accountId} = ${sql.param(valueOf("accountId"), table.accountId)}`,
      notRetired(table),
      query.where,
      beyond("after"),
      beyond("before"),
    ),
    orderBy: [direction(sort), direction(table.id)],
    size,
  };
}

/** No list holds what is retired. */
function notRetired(table: PgTable): SQL | undefined {
  const { retiredAt } = getTableColumns(table);
  return retiredAt && isNull(retiredAt);
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

/** At least one more than the page holds, which shows whether more follow; few numbers, so that there are few statements. */
const limitFor = (size: number): number => LIMITS.find((limit) => limit > size) ?? MAX_PAGE_SIZE + 1;

/** How many items are asked for, and from which end. */
export function pageSize({ first, last }: PageArguments): { size: number; backward: boolean } {
  if (first != null && last != null) throw new RequestError("INVALID_INPUT", "Send either first or last, not both.");
  const size = first ?? last ?? DEFAULT_PAGE_SIZE;
  if (size < 0 || size > MAX_PAGE_SIZE) {
    const name = first == null ? "last" : "first";
    throw new RequestError("INVALID_INPUT", `${name} must be between 0 and ${MAX_PAGE_SIZE}, and ${size} is not.`);
  }
  return { size, backward: last != null };
}
