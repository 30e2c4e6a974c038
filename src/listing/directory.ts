import { and } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { loaded } from "../read/loader.ts";
import type { Columns, Loader } from "../read/loader.ts";
import { loadPage, loadPages } from "./page.ts";
import type { Page, PageArguments, PageQuery, PageTable } from "./page.ts";

/** Which rows a caller may see, judged by some of their columns. */
export interface Visibility<Row> {
  reads: readonly (keyof Row & string)[];
  sees: (ctx: Context, row: Row) => Promise<boolean>;
}

/** A noun of reference data, whose objects are found one by one. */
export interface DirectoryNoun<Row> {
  byId: Loader<Row>;
  /** Left out when every caller who reads the directory sees all of them. */
  visibility?: Visibility<Row>;
}

/** A noun whose objects are found by the ids that the applicant tracking system gave them as well. */
export interface IdentifiedNoun<Row> extends DirectoryNoun<Row> {
  byExternalId: Loader<Row>;
}

/** How one object is found: by a key of a loader, by its id when none is named. */
export interface ObjectRequest<Row> {
  key: string;
  loader?: Loader<Row>;
  /** The columns that are read, those that its visibility is judged by included; all when left out. */
  columns?: Columns;
}

/** One object, or null when there is none that the caller may see. Takes the scope `directory:read`. */
export async function findObject<Row>(
  ctx: Context,
  { byId, visibility }: DirectoryNoun<Row>,
  { key, loader = byId, columns = null }: ObjectRequest<Row>,
): Promise<Row | null> {
  requireScope(ctx, "directory:read");
  const row = await ctx.load(loader, key, columns);
  if (row === null || !visibility) return row;
  return (await visibility.sees(ctx, row)) ? row : null;
}

/** A list of reference data: its order, which rows a caller may see, and which of them a filter lets through. */
export interface DirectoryList<T extends PageTable, F> extends Pick<PageQuery<T>, "table" | "sort"> {
  seen?: (ctx: Context) => Promise<SQL | undefined>;
  matching?: (filter: F, ctx: Context) => SQL | undefined;
}

/** A page, and the columns of its rows that are read; all when left out. */
export type ListArguments = PageArguments & { columns?: Columns };

/** A list that takes the scope `directory:read`. */
export function defineDirectoryList<T extends PageTable, F = void>(list: DirectoryList<T, F>) {
  return async (ctx: Context, { columns, ...page }: ListArguments, filter: F): Promise<Page<T["$inferSelect"]>> =>
    loadPage(ctx, { ...(await queryOf(ctx, list, filter)), columns }, page);
}

/** Whose items a list holds; `owned` says so of a row and PARENT_ID. */
interface Owner {
  id: string;
  owned: SQL;
  /** Identifies this list within an operation. */
  list: string;
}

/** The same list for one of several owners; those that are asked for in the same way are read in one statement. */
export function defineOwnedDirectoryList<T extends PageTable, F>(list: DirectoryList<T, F>) {
  return async (
    ctx: Context,
    { id, owned, list: name }: Owner,
    { columns, filter, ...page }: ListArguments & { filter: F },
  ): Promise<Page<T["$inferSelect"]>> => {
    const query = await queryOf(ctx, list, filter);
    const request = JSON.stringify([name, columns, filter, page]);
    return loaded(
      ctx.batch(request, id, (parentIds) =>
        loadPages(ctx, { ...query, columns, where: and(owned, query.where) }, { args: page, parentIds }),
      ),
    );
  };
}

async function queryOf<T extends PageTable, F>(
  ctx: Context,
  { table, sort, seen, matching }: DirectoryList<T, F>,
  filter: F,
): Promise<PageQuery<T>> {
  requireScope(ctx, "directory:read");
  return { table, sort, where: and(await seen?.(ctx), matching?.(filter, ctx)) };
}
