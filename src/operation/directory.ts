import { requireScope } from "./authorize.ts";
import type { Context } from "./context.ts";
import { loadPage } from "./page.ts";
import type { Page, PageArguments, PageQuery, PageTable } from "./page.ts";

/** A list of reference data: what it takes to see it, and its order. */
export function defineDirectoryList<T extends PageTable>(query: Pick<PageQuery<T>, "table" | "sort">) {
  return async (ctx: Context, args: PageArguments): Promise<Page<T["$inferSelect"]>> => {
    requireScope(ctx, "directory:read");
    return loadPage(ctx, query, args);
  };
}
