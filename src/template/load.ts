import { emailTemplates, scorecardTemplates } from "../db/schema/template.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { defineRowLoader } from "../operation/loader.ts";
import { loadPage } from "../operation/page.ts";
import type { Page, PageArguments } from "../operation/page.ts";

export type EmailTemplate = typeof emailTemplates.$inferSelect;
export type ScorecardTemplate = typeof scorecardTemplates.$inferSelect;

export const emailTemplateInAccount = defineRowLoader("email_template_in_account", emailTemplates);
export const scorecardTemplateInAccount = defineRowLoader("scorecard_template_in_account", scorecardTemplates);

/** E-mail templates in the order of their names. */
export async function listEmailTemplates(ctx: Context, args: PageArguments): Promise<Page<EmailTemplate>> {
  requireScope(ctx, "directory:read");
  return loadPage(ctx, { table: emailTemplates, sort: "name" }, args);
}

/** Scorecard templates in the order of their names. */
export async function listScorecardTemplates(ctx: Context, args: PageArguments): Promise<Page<ScorecardTemplate>> {
  requireScope(ctx, "directory:read");
  return loadPage(ctx, { table: scorecardTemplates, sort: "name" }, args);
}
