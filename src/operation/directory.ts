import { and } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { requireScope } from "./authorize.ts";
import type { Context } from "./context.ts";
import { loadPage } from "./page.ts";
import type { Page, PageArguments, PageQuery, PageTable } from "./page.ts";

/** A list of reference data: its order, which rows a caller may see, and which of them a filter lets through. */
export interface DirectoryList<T extends PageTable, F> extends Pick<PageQuery<T>, "table" | "sort"> {
  seen?: (ctx: Context) => Promise<SQL | undefined>;
  matching?: (filter: F) => SQL | undefined;
}

/** A list that takes the scope `directory:read`. */
export function defineDirectoryList<T extends PageTable, F = void>(list: DirectoryList<T, F>) {
  return async (ctx: Context, args: PageArguments, filter: F): Promise<Page<T["$inferSelect"]>> => {
    requireScope(ctx, "directory:read");
    const where = and(await list.seen?.(ctx), list.matching?.(filter));
    return loadPage(ctx, { table: list.table, sort: list.sort, where }, args);
  };
}
