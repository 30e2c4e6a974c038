import { eq } from "drizzle-orm";
import { accounts } from "../db/schema/account.ts";
import type { Context } from "../operation/context.ts";

export type Account = typeof accounts.$inferSelect;

/** The caller's own account. */
export async function ownAccount(ctx: Context): Promise<Account> {
  const [account] = await ctx.db.select().from(accounts).where(eq(accounts.id, ctx.accountId));
  if (!account) throw new Error("A token outlived its account.");
  return account;
}
