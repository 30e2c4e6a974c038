import { templateCategory, templateChannel } from "../db/schema/enum.ts";
import { builder } from "../graphql/builder.ts";
import { columnsOf } from "../graphql/columns.ts";
import { defineConnection } from "../graphql/connection.ts";
import type { WeightExtensions } from "../execution/cost.ts";
import { defineEnum } from "../graphql/enum.ts";
import { lookup } from "../graphql/lookup.ts";
import { nodeOf } from "../graphql/node.ts";
import { EXTERNAL_ID, RETIRED, RETIRED_AT } from "../graphql/reference.ts";
import { searchArgument } from "../graphql/search.ts";
import { EMAIL_TEMPLATES, listEmailTemplates, listScorecardTemplates, SCORECARD_TEMPLATES } from "./load.ts";
import { PLACEHOLDERS } from "./render.ts";

const TemplateChannel = defineEnum("TemplateChannel", templateChannel.enumValues, {
  description: "How a message is sent.",
  values: { EMAIL: "As a plain e-mail.", CALENDAR_INVITE: "As an e-mail with a calendar invitation." },
});

const TemplateCategory = defineEnum("TemplateCategory", templateCategory.enumValues, {
  description: "What a template is for.",
  values: {
    ADHOC: "Any other purpose.",
    INTERVIEW_COORDINATION: "Invites the candidate to an interview.",
    INTERVIEWER_COORDINATION: "Invites the interviewers to an interview.",
    EMAIL_ACTIVITY: "A message that a stage activity sends.",
    APPLICATION_SUBMISSION: "Confirms that an application has arrived.",
    ASSESSMENT: "Invites to an assessment.",
    REJECTION: "Ends an application.",
    OFFER: "Makes an offer.",
    SELF_SCHEDULE_INVITE: "Asks the candidate to choose a time.",
    AVAILABILITY: "Asks the candidate when they are free.",
    SURVEY: "Asks for feedback.",
  },
});

const MARKS = `Placeholders: ${PLACEHOLDERS.map((name) => `\`{{${name}}}\``).join(", ")}.`;

builder.node("EmailTemplate", {
  description: "A message with placeholders, which are filled in for each recipient.",
  id: { resolve: (template) => template.id },
  loadWithoutCache: nodeOf(EMAIL_TEMPLATES),
  fields: (t) => ({
    externalId: t.exposeString("externalId", EXTERNAL_ID),
    name: t.exposeString("name", { description: "Name by which people choose it." }),
    channel: t.expose("channel", { type: TemplateChannel, description: "How it is sent." }),
    category: t.expose("category", { type: TemplateCategory, description: "What it is for." }),
    subject: t.exposeString("subject", {
      description: `Subject line. ${MARKS}`,
    }),
    body: t.exposeString("body", {
      extensions: { weight: 50 } satisfies WeightExtensions,
      description: `Text of the message. ${MARKS}`,
    }),
    retiredAt: t.expose("retiredAt", RETIRED_AT),
  }),
});

builder.node("ScorecardTemplate", {
  description: "What interviewers fill in after an interview.",
  id: { resolve: (template) => template.id },
  loadWithoutCache: nodeOf(SCORECARD_TEMPLATES),
  fields: (t) => ({
    externalId: t.exposeString("externalId", EXTERNAL_ID),
    name: t.exposeString("name", { description: "Name by which people choose it." }),
    retiredAt: t.expose("retiredAt", RETIRED_AT),
  }),
});

builder.queryFields((t) => ({
  emailTemplate: t.field({
    type: "EmailTemplate",
    ...lookup({ type: "EmailTemplate", called: "e-mail template" }, EMAIL_TEMPLATES),
  }),
  scorecardTemplate: t.field({
    type: "ScorecardTemplate",
    ...lookup({ type: "ScorecardTemplate", called: "scorecard template" }, SCORECARD_TEMPLATES),
  }),
  emailTemplates: t.connection(
    {
      type: "EmailTemplate",
      description: `The e-mail templates of the account, by name in Unicode's root order. ${RETIRED}`,
      args: {
        channel: t.arg({ type: TemplateChannel, description: "Only templates that are sent so; all when left out." }),
        categories: t.arg({
          type: [TemplateCategory],
          description: "Only templates for one of these purposes; all when left out.",
          validate: { maxLength: templateCategory.enumValues.length },
        }),
        query: t.arg.string(searchArgument("the name")),
      },
      resolve: (_root, { channel, categories, query, ...page }, ctx, info) =>
        listEmailTemplates(ctx, { ...page, columns: columnsOf(info, "EmailTemplate") }, { channel, categories, query }),
    },
    defineConnection("EmailTemplate"),
  ),
  scorecardTemplates: t.connection(
    {
      type: "ScorecardTemplate",
      description: `The scorecard templates of the account, by name in Unicode's root order. ${RETIRED}`,
      args: { query: t.arg.string(searchArgument("the name")) },
      resolve: (_root, { query, ...page }, ctx, info) =>
        listScorecardTemplates(ctx, { ...page, columns: columnsOf(info, "ScorecardTemplate") }, { query }),
    },
    defineConnection("ScorecardTemplate"),
  ),
}));
