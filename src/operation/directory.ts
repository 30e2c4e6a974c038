import type { SQL } from "drizzle-orm";
import { requireScope } from "./authorize.ts";
import type { Context } from "./context.ts";
import { loadPage } from "./page.ts";
import type { Page, PageArguments, PageQuery, PageTable } from "./page.ts";

/** A list of reference data: what it takes to see it, its order, and which rows a filter lets through. */
export function defineDirectoryList<T extends PageTable, F = void>(
  query: Pick<PageQuery<T>, "table" | "sort"> & { matching?: (filter: F) => SQL | undefined },
) {
  return async (ctx: Context, args: PageArguments, filter: F): Promise<Page<T["$inferSelect"]>> => {
    requireScope(ctx, "directory:read");
    return loadPage(ctx, { ...query, where: query.matching?.(filter) }, args);
  };
}
