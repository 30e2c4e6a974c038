import { and, eq, inArray } from "drizzle-orm";
import { searchKey } from "../db/schema/name.ts";
import { emailTemplates, scorecardTemplates } from "../db/schema/template.ts";
import { defineDirectoryList } from "../listing/directory.ts";
import type { IdentifiedNoun } from "../listing/directory.ts";
import { defineRowLoader } from "../read/loader.ts";
import { containsWords } from "../listing/search.ts";

export type EmailTemplate = typeof emailTemplates.$inferSelect;
export type ScorecardTemplate = typeof scorecardTemplates.$inferSelect;

export const emailTemplateInAccount = defineRowLoader(emailTemplates);
export const scorecardTemplateInAccount = defineRowLoader(scorecardTemplates);

export const EMAIL_TEMPLATES: IdentifiedNoun<EmailTemplate> = {
  byId: emailTemplateInAccount,
  byExternalId: defineRowLoader(emailTemplates, "externalId"),
};
export const SCORECARD_TEMPLATES: IdentifiedNoun<ScorecardTemplate> = {
  byId: scorecardTemplateInAccount,
  byExternalId: defineRowLoader(scorecardTemplates, "externalId"),
};

/** Which templates a list holds. Omitted fields and null match everything, an empty list matches nothing. */
export interface TemplateFilter {
  /** Parts of names. */
  query?: string | null | undefined;
}

export interface EmailTemplateFilter extends TemplateFilter {
  channel?: EmailTemplate["channel"] | null | undefined;
  categories?: readonly EmailTemplate["category"][] | null | undefined;
}

/** E-mail templates in the order of their names. */
export const listEmailTemplates = defineDirectoryList({
  table: emailTemplates,
  sort: "name",
  matching: ({ query, channel, categories }: EmailTemplateFilter) =>
    and(
      channel ? eq(emailTemplates.channel, channel) : undefined,
      categories ? inArray(emailTemplates.category, [...categories]) : undefined,
      containsWords(searchKey(emailTemplates.name), query),
    ),
});

/** Scorecard templates in the order of their names. */
export const listScorecardTemplates = defineDirectoryList({
  table: scorecardTemplates,
  sort: "name",
  matching: ({ query }: TemplateFilter) => containsWords(searchKey(scorecardTemplates.name), query),
});
