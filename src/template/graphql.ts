import { templateCategory, templateChannel } from "../db/schema/enum.ts";
import { builder } from "../graphql/builder.ts";
import { defineConnection } from "../graphql/connection.ts";
import type { WeightExtensions } from "../graphql/cost.ts";
import { defineEnum } from "../graphql/enum.ts";
import { directoryNode } from "../graphql/node.ts";
import { RETIRED, searchArgument } from "../graphql/search.ts";
import {
  emailTemplateInAccount,
  listEmailTemplates,
  listScorecardTemplates,
  scorecardTemplateInAccount,
} from "./load.ts";
import { PLACEHOLDERS } from "./render.ts";

const TemplateChannel = defineEnum("TemplateChannel", templateChannel.enumValues, {
  description: "How a rendered template is sent.",
  values: { EMAIL: "As a plain e-mail.", CALENDAR_INVITE: "As an e-mail with a calendar invitation." },
});

const TemplateCategory = defineEnum("TemplateCategory", templateCategory.enumValues, {
  description: "What a template is for.",
  values: {
    ADHOC: "Anything that has no category of its own.",
    INTERVIEW_COORDINATION: "Tells the candidate of an interview.",
    INTERVIEWER_COORDINATION: "Tells the interviewers of an interview.",
    EMAIL_ACTIVITY: "A message that a stage activity sends.",
    APPLICATION_SUBMISSION: "Confirms that an application has arrived.",
    ASSESSMENT: "Invites to an assessment.",
    REJECTION: "Ends an application.",
    OFFER: "Makes an offer.",
    SELF_SCHEDULE_INVITE: "Asks the candidate to choose a time.",
    AVAILABILITY: "Asks the candidate when they are free.",
    SURVEY: "Asks for an opinion.",
  },
});

const MARKS = `Placeholders: ${PLACEHOLDERS.map((name) => `\`{{${name}}}\``).join(", ")}.`;

builder.node("EmailTemplate", {
  description: "A message with placeholders, rendered for each recipient.",
  id: { resolve: (template) => template.id },
  loadWithoutCache: directoryNode(emailTemplateInAccount),
  fields: (t) => ({
    name: t.exposeString("name", { description: "Name by which people choose it." }),
    channel: t.expose("channel", { type: TemplateChannel, description: "How it is sent." }),
    category: t.expose("category", { type: TemplateCategory, description: "What it is for." }),
    subject: t.exposeString("subject", {
      description: `Subject line. ${MARKS}`,
    }),
    body: t.exposeString("body", {
      extensions: { weight: 50 } satisfies WeightExtensions,
      description: `Text. ${MARKS}`,
    }),
  }),
});

builder.node("ScorecardTemplate", {
  description: "What interviewers fill in after an interview.",
  id: { resolve: (template) => template.id },
  loadWithoutCache: directoryNode(scorecardTemplateInAccount),
  fields: (t) => ({
    name: t.exposeString("name", { description: "Name by which people choose it." }),
  }),
});

builder.queryFields((t) => ({
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
      resolve: (_root, { channel, categories, query, ...page }, ctx) =>
        listEmailTemplates(ctx, page, { channel, categories, query }),
    },
    defineConnection("EmailTemplate"),
  ),
  scorecardTemplates: t.connection(
    {
      type: "ScorecardTemplate",
      description: `The scorecard templates of the account, by name in Unicode's root order. ${RETIRED}`,
      args: { query: t.arg.string(searchArgument("the name")) },
      resolve: (_root, { query, ...page }, ctx) => listScorecardTemplates(ctx, page, { query }),
    },
    defineConnection("ScorecardTemplate"),
  ),
}));
