import { emailTemplates, scorecardTemplates } from "../db/schema/template.ts";
import { defineRowLoader } from "../operation/loader.ts";
import { defineDirectoryList } from "../operation/directory.ts";

export type EmailTemplate = typeof emailTemplates.$inferSelect;
export type ScorecardTemplate = typeof scorecardTemplates.$inferSelect;

export const emailTemplateInAccount = defineRowLoader("email_template_in_account", emailTemplates);
export const scorecardTemplateInAccount = defineRowLoader("scorecard_template_in_account", scorecardTemplates);

/** E-mail templates in the order of their names. */
export const listEmailTemplates = defineDirectoryList({ table: emailTemplates, sort: "name" });

/** Scorecard templates in the order of their names. */
export const listScorecardTemplates = defineDirectoryList({ table: scorecardTemplates, sort: "name" });
