import { InterviewFilterInput, toFilter } from "../discovery/filter-graphql.ts";
import type { SentFilter } from "../discovery/filter-graphql.ts";
import { relevanceOf } from "../discovery/match.ts";
import { builder } from "../graphql/builder.ts";
import { columnsOf } from "../graphql/columns.ts";
import { defineEnum } from "../graphql/enum.ts";
import type { Context } from "../operation/context.ts";
import type { Bookmark, InterviewEvent, StreamItem } from "../operation/event-source.ts";
import { loaded } from "../read/loader.ts";
import { InterviewEventTypeEnum } from "../interview/event-type-graphql.ts";
import type { FieldChange } from "../interview/field.ts";
import { InterviewFieldEnum } from "../interview/field-graphql.ts";
import { followInterviews, followProvisioning } from "./follow.ts";
import { interviewInAccount } from "../interview/load.ts";

const StreamStart = defineEnum("StreamStart", ["NEXT", "OLDEST"], {
  description: "Where a stream without a cursor begins.",
  values: {
    NEXT: "With the next event.",
    OLDEST: "With the oldest event that is still kept.",
  },
});

/** An event as it is told to those who follow with the same filter. */
interface ToldEvent extends InterviewEvent {
  filter?: SentFilter;
}
type Told = ToldEvent | Bookmark;
const isEvent = (item: Told): item is ToldEvent => item.type !== "BOOKMARK";

const cursorOf = (item: Told, _args: object, ctx: Context) => ctx.events.cursorOf(item);
const CURSOR = "Place in the account's event log. Sent as `after`, the stream resumes with what follows.";

const InterviewStreamItem = builder.interfaceRef<Told>("InterviewStreamItem").implement({
  description: "What `interviewEvents` delivers: an event, or a bookmark between events.",
  resolveType: (item) => (isEvent(item) ? "InterviewEvent" : "StreamBookmark"),
  fields: (t) => ({
    cursor: t.field({ type: "EventCursor", description: CURSOR, resolve: cursorOf }),
    occurredAt: t.expose("occurredAt", { type: "DateTime", description: "When it happened." }),
  }),
});

const ID = "The same in every repetition of the event.";
const SEQUENCE = "Number in the account's event log, without gaps, from 1.";
const VERSION = "The interview's version after the change.";
const INTERVIEW =
  "The interview as it is when the event is delivered. An event of an interview that the caller may not see at that moment " +
  "is not delivered.";

/** The stream has judged whether the subscriber sees it. */
const interviewOf = ({ subjectId }: InterviewEvent, ctx: Context, columns: ReturnType<typeof columnsOf>) =>
  loaded(ctx.load(interviewInAccount, subjectId, columns));

builder.objectRef<ToldEvent>("InterviewEvent").implement({
  description: "One committed change of an interview, as the account's event log has it.",
  interfaces: [InterviewStreamItem],
  fields: (t) => ({
    id: t.exposeID("id", { description: ID }),
    sequence: t.exposeInt("sequence", { description: SEQUENCE }),
    type: t.expose("type", { type: InterviewEventTypeEnum, description: "What happened." }),
    interviewVersion: t.exposeInt("subjectVersion", { description: VERSION }),
    changedFields: t.field({
      type: [InterviewFieldEnum],
      description:
        "What the change gave another value; of a creation, all that has one. `Interview.history` has the values.",
      resolve: ({ changes }) => (changes as FieldChange[]).map(({ field }) => field),
    }),
    leftFilter: t.boolean({
      description:
        "Whether the interview matched `filter` before the change and no longer does: a list of that filter loses it. False " +
        "when no filter was sent.",
      resolve: ({ filter, ...event }) => relevanceOf(toFilter(filter), event) === "LEFT",
    }),
    interview: t.field({
      type: "Interview",
      description: INTERVIEW,
      resolve: (event, _args, ctx, info) => interviewOf(event, ctx, columnsOf(info)),
    }),
  }),
});

builder.objectRef<Bookmark>("StreamBookmark").implement({
  description:
    "Says how far the log has been read while nothing in it was for this subscriber: at least every 30 s while others change. " +
    "It is not in the log. A subscriber that keeps its cursor resumes quickly, and before the cursor expires.",
  interfaces: [InterviewStreamItem],
});

interface Failure {
  code: string;
  message: string;
}

const ProvisioningFailure = builder.objectRef<Failure>("ProvisioningFailure").implement({
  description: "Why provisioning was given up.",
  fields: (t) => ({
    code: t.exposeString("code", { description: "Stable, in capitals, as in `ProvisioningError.code`." }),
    message: t.exposeString("message", { description: "The same for people." }),
  }),
});

const InterviewProvisionedEvent = builder.objectRef<InterviewEvent>("InterviewProvisionedEvent").implement({
  description:
    "The end of an interview's provisioning. The same event has the same id and cursor in `interviewEvents`.",
  fields: (t) => ({
    id: t.exposeID("id", { description: ID }),
    cursor: t.field({ type: "EventCursor", description: CURSOR, resolve: cursorOf }),
    sequence: t.exposeInt("sequence", { description: SEQUENCE }),
    occurredAt: t.expose("occurredAt", { type: "DateTime", description: "When it happened." }),
    interviewVersion: t.exposeInt("subjectVersion", { description: VERSION }),
    interview: t.field({
      type: "Interview",
      description: INTERVIEW,
      resolve: (event, _args, ctx, info) => interviewOf(event, ctx, columnsOf(info)),
    }),
    failure: t.field({
      type: ProvisioningFailure,
      nullable: true,
      description: "Why it was given up; null when everything exists and the invitations are sent.",
      resolve: ({ type, detail: { code, message } }) =>
        type === "INTERVIEW_PROVISIONING_FAILED" ? { code: String(code), message: String(message ?? code) } : null,
    }),
  }),
});

/** A stream that cannot go on says so as the error of its last event. */
function told(item: StreamItem, filter?: SentFilter): Told {
  if (item.type === "FAILURE") throw item.error;
  return filter && item.type !== "BOOKMARK" ? { ...item, filter } : item;
}

function toldEvent(item: StreamItem): InterviewEvent {
  const event = told(item);
  if (isEvent(event)) return event;
  throw new Error("This subscription has no bookmarks.");
}

const FILTER = {
  type: InterviewFilterInput,
  description:
    "Which interviews; all when left out. A change is delivered when its interview matched before or after it. What is not of " +
    "the interview itself (departments, recruiters, what the clock makes of its status) is judged as it was at the time of the change.",
} as const;

const after =
  "Begins after this cursor and first delivers what was missed; where `from` says when left out. An event stream that " +
  "reconnects with `Last-Event-ID` resumes there instead.";

const FROM = {
  type: StreamStart,
  required: true,
  defaultValue: "NEXT",
  description: "Where it begins when `after` is left out.",
} as const;

builder.subscriptionFields((t) => ({
  interviewProvisioned: t.field({
    type: InterviewProvisionedEvent,
    description:
      "Delivers each interview of the account whose provisioning has ended: fully provisioned, or given up. External " +
      "interviews never appear. In order and without gap. It has no bookmarks: over server-sent events the ids go on by " +
      "themselves, over WebSocket `interviewEvents` of these types keeps the cursor of a rare event fresh.",
    args: {
      after: t.arg({ type: "EventCursor", description: after }),
      from: t.arg(FROM),
      filter: t.arg(FILTER),
    },
    subscribe: (_root, args, ctx) =>
      followProvisioning(ctx, { after: args.after ?? null, from: args.from, filter: toFilter(args.filter) }),
    resolve: toldEvent,
  }),
  interviewEvents: t.field({
    type: InterviewStreamItem,
    description:
      "Delivers every committed change of the account's interviews, in order and without gap, and a bookmark at least every " +
      "30 s while there are only changes that it does not deliver.",
    args: {
      after: t.arg({ type: "EventCursor", description: after }),
      from: t.arg(FROM),
      filter: t.arg(FILTER),
      types: t.arg({
        type: [InterviewEventTypeEnum],
        description: "Which changes; all when left out, none for an empty list.",
      }),
    },
    subscribe: (_root, args, ctx) =>
      followInterviews(ctx, {
        after: args.after ?? null,
        from: args.from,
        filter: toFilter(args.filter),
        types: args.types ?? undefined,
      }),
    resolve: (item, { filter }) => told(item, filter),
  }),
}));
