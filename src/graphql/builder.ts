import SchemaBuilder from "@pothos/core";
import ErrorsPlugin from "@pothos/plugin-errors";
import RelayPlugin from "@pothos/plugin-relay";
import ZodPlugin from "@pothos/plugin-zod";
import type { ZodError } from "zod";
import { encodeId } from "../core/id.ts";
import { RequestError } from "../core/error.ts";
import type { accounts } from "../db/schema/account.ts";
import type { stageActivities } from "../db/schema/activity.ts";
import type { InterviewSearch, LoopSearch } from "../db/schema/availability.ts";
import type {
  applications,
  candidates,
  hiringTeamMembers,
  interviewPlans,
  jobs,
  offices,
  stages,
} from "../db/schema/hiring.ts";
import type { events } from "../db/schema/event.ts";
import type { interviewers, interviews } from "../db/schema/interview.ts";
import type { interviewLoops } from "../db/schema/loop.ts";
import type { users } from "../db/schema/people.ts";
import type { emailTemplates, scorecardTemplates } from "../db/schema/template.ts";
import type { Context } from "../operation/context.ts";
import { loadNode } from "./node.ts";

/** Objects by name, so that a noun's fields can return another noun without importing its file. */
interface Objects {
  Account: typeof accounts.$inferSelect;
  User: typeof users.$inferSelect;
  Office: typeof offices.$inferSelect;
  Job: typeof jobs.$inferSelect;
  HiringTeamMember: typeof hiringTeamMembers.$inferSelect;
  InterviewPlan: typeof interviewPlans.$inferSelect;
  Stage: typeof stages.$inferSelect;
  StageActivity: typeof stageActivities.$inferSelect;
  Candidate: typeof candidates.$inferSelect;
  Application: typeof applications.$inferSelect;
  EmailTemplate: typeof emailTemplates.$inferSelect;
  ScorecardTemplate: typeof scorecardTemplates.$inferSelect;
  Interview: typeof interviews.$inferSelect;
  InterviewLoop: typeof interviewLoops.$inferSelect;
  Interviewer: typeof interviewers.$inferSelect;
  AvailabilitySearch: InterviewSearch;
  LoopAvailabilitySearch: LoopSearch;
  InterviewChange: typeof events.$inferSelect;
}

type Scalars = {
  ID: { Input: string; Output: string | number };
  DateTime: { Input: Date; Output: Date };
  DateTimeInput: { Input: string; Output: string };
  TimeZone: { Input: string; Output: string };
  LocalDateTime: { Input: string; Output: string };
  URL: { Input: string; Output: string };
  EventCursor: { Input: string; Output: string };
};

export interface SchemaTypes {
  Context: Context;
  DefaultFieldNullability: false;
  Objects: Objects;
  Scalars: Scalars;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
}

const UNITS: Partial<Record<string, string>> = { string: "characters", array: "items" };

/** What zod says of a length reads as its own notation. */
function sentenceOf(issue: ZodError["issues"][number]): string {
  if (issue.code === "too_big") return `At most ${issue.maximum} ${UNITS[issue.origin] ?? ""} are expected here.`;
  if (issue.code === "too_small") return `At least ${issue.minimum} ${UNITS[issue.origin] ?? ""} are expected here.`;
  return issue.message;
}

export const builder = new SchemaBuilder<SchemaTypes>({
  // The first plugin is the outermost: what zod refuses must pass the errors plugin on its way out.
  plugins: [ErrorsPlugin, RelayPlugin, ZodPlugin],
  defaultFieldNullability: false,
  errors: { defaultTypes: [] },
  zod: {
    validationError: (error) =>
      new RequestError(
        "INVALID_INPUT",
        error.issues.map((issue) => `${issue.path.join(".")}: ${sentenceOf(issue)}`).join(" "),
        { issues: error.issues.map((issue) => ({ path: issue.path.map(String), message: sentenceOf(issue) })) },
      ),
  },
  relay: {
    encodeGlobalID: (typename, id) => encodeId(typename, String(id)),
    // Ids are decoded one by one in `loadNode`, so that a wrong one among several is reported at its own place.
    decodeGlobalID: (id) => ({ typename: "Node", id }),
    brandLoadedObjects: true,
    cursorType: "String",
    idFieldOptions: {
      description:
        "Type and UUID, such as `User_741381df-cb02-5243-b209-8cb00a4b81ab`; the same for as long as the object exists.",
    },
    nodeTypeOptions: { description: "Anything that has an id and can be read again by it." },
    nodeQueryOptions: {
      description: "The object with an id, or null when there is none that the caller may see.",
      args: { id: { description: "An id that this API returned. Any other text is the error INVALID_ID." } },
      resolve: (...[, { id }, ctx, info]) => loadNode(id.id, ctx, info),
    },
    nodesQueryOptions: {
      description: "The objects with these ids, in their order, with null where there is none that the caller may see.",
      args: {
        ids: {
          description: "Ids that this API returned. Any other text is the error INVALID_ID at its place in the list.",
        },
      },
      resolve: (...[, { ids }, ctx, info]) => ids.map(({ id }) => loadNode(id, ctx, info)),
    },
    pageInfoTypeOptions: { description: "Position of a page in its list." },
    hasNextPageFieldOptions: { description: "Whether there are items after this page." },
    hasPreviousPageFieldOptions: { description: "Whether there are items before this page." },
    startCursorFieldOptions: { description: "Cursor of the first item; null on an empty page." },
    endCursorFieldOptions: { description: "Cursor of the last item; null on an empty page." },
    pageInfoFieldOptions: { description: "Position of this page in the list." },
    edgesFieldOptions: { nullable: { list: false, items: false }, description: "The items with their cursors." },
    nodesOnConnection: { description: "The items without their cursors." },
    nodeFieldOptions: { nullable: false, description: "The item." },
    cursorFieldOptions: { description: "Position of the item in the list, for `after` and `before`." },
    firstArgOptions: {
      description: "How many items from the start, 0 to 100. 20 when neither `first` nor `last` is sent.",
    },
    lastArgOptions: { description: "How many items from the end, 0 to 100. Not together with `first`." },
    afterArgOptions: { description: "Only items after this cursor." },
    beforeArgOptions: { description: "Only items before this cursor." },
  },
});

builder.queryType({ description: "What can be read." });
builder.mutationType({ description: "What can be changed." });
builder.subscriptionType({
  description: "What can be followed. Works over WebSocket (graphql-transport-ws) and over server-sent events.",
});

/** For functions that give the fields which several objects, or inputs, have in common. */
export type FieldBuilder<Of> = PothosSchemaTypes.ObjectFieldBuilder<
  PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>,
  Of
>;
export type InputBuilder = PothosSchemaTypes.InputFieldBuilder<
  PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>,
  "InputObject"
>;
