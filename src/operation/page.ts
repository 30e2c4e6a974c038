import { and, asc, desc, eq, getTableColumns, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { z } from "zod";
import { RequestError } from "../core/error.ts";
import { unstorable } from "../core/text.ts";
import type { Executor } from "../db/client.ts";
import { prepareRows } from "../db/rows.ts";
import { requireScope } from "./authorize.ts";
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
  where?: SQL | undefined;
  /** A transaction to read in. */
  executor?: Executor | undefined;
}

type PageTable = PgTable & { accountId: PgColumn; id: PgColumn };

const textPosition = z.tuple([z.string().refine((text) => !unstorable(text)), z.uuid()]);
const instantPosition = z.tuple([z.iso.datetime().transform((text) => new Date(text)), z.uuid()]);

/**
 * One page by keyset: stable while rows are inserted, and as quick on the last page as on the first.
 * @throws RequestError INVALID_INPUT or CURSOR_INVALID when the arguments cannot be meant
 */
export async function loadPage<T extends PageTable>(
  ctx: Context,
  query: PageQuery<T>,
  args: PageArguments,
): Promise<Page<T["$inferSelect"]>> {
  const { size, backward } = pageSize(args);
  const { table, executor = ctx.db } = query;
  const sort = sortColumn(query);
  const order = backward ? desc : asc;
  const find = prepareRows(table, {
    where: and(
      eq(table.accountId, ctx.accountId),
      query.where,
      args.after == null ? undefined : beyond(table, sort, { side: ">", cursor: args.after }),
      args.before == null ? undefined : beyond(table, sort, { side: "<", cursor: args.before }),
    ),
    orderBy: [order(sort), order(table.id)],
    limit: limitFor(size),
  });
  const found = query.where ? await find.runOnce(executor) : await find.run(executor);

  const more = found.length > size;
  const rows = backward ? found.slice(0, size).toReversed() : found.slice(0, size);
  const edges = rows.map((node) => ({
    node,
    // Few ask for it.
    get cursor() {
      return encodePosition([node[query.sort], node["id"]]);
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

/** A list of reference data: what it takes to see it, and its order. */
export function defineDirectoryList<T extends PageTable>(query: Pick<PageQuery<T>, "table" | "sort">) {
  return async (ctx: Context, args: PageArguments): Promise<Page<T["$inferSelect"]>> => {
    requireScope(ctx, "directory:read");
    return loadPage(ctx, query, args);
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

function beyond(table: PageTable, sort: PgColumn, { side, cursor }: { side: ">" | "<"; cursor: string }): SQL {
  const [value, id] = decodePosition(sort, cursor);
  return sql`(${sort}, ${table.id}) ${sql.raw(side)} (${sql.param(value, sort)}, ${sql.param(id, table.id)})`;
}

function encodePosition(value: [unknown, unknown]): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function decodePosition(sort: PgColumn, cursor: string): [string | Date, string] {
  const position = sort.dataType === "date" ? instantPosition : textPosition;
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
  } catch {
    throw new RequestError(
      "CURSOR_INVALID",
      "This is not a cursor of this list. Send one that pageInfo or an edge returned.",
    );
  }
}
