import { users } from "../db/schema/people.ts";
import type { Context } from "../operation/context.ts";
import { requireScope } from "../operation/authorize.ts";
import { defineRowLoader } from "../operation/loader.ts";
import { loadPage } from "../operation/page.ts";
import type { Page, PageArguments } from "../operation/page.ts";

export type User = typeof users.$inferSelect;

export const userInAccount = defineRowLoader("user_in_account", users);

/** Users in the order of their names. */
export async function listUsers(ctx: Context, args: PageArguments): Promise<Page<User>> {
  requireScope(ctx, "directory:read");
  return loadPage(ctx, { table: users, sort: "name" }, args);
}
