import { interviewEventType } from "../db/schema/enum.ts";
import { builder } from "../graphql/builder.ts";
import { defineEnum } from "../graphql/enum.ts";
import { readIdLists, WRONG_IDS } from "../graphql/id-list.ts";
import type { Bookmark, EventFilter, InterviewEvent, StreamItem } from "../operation/event-source.ts";
import { visibleInterview } from "./find.ts";
import { followInterviews, followProvisioning } from "./follow.ts";

const BOOKMARK = "BOOKMARK";

const InterviewEventTypeEnum = defineEnum("InterviewEventType", [...interviewEventType.enumValues, BOOKMARK], {
  description: "What happened.",
  values: {
    INTERVIEW_CREATED: "An interview was created.",
    INTERVIEW_UPDATED: "Something of it was changed.",
    INTERVIEW_RESCHEDULED: "Its time was changed.",
    INTERVIEW_CANCELLED: "It was called off.",
    INTERVIEW_PROVISIONED: "Conference, calendar event and invitations exist.",
    INTERVIEW_PROVISIONING_FAILED: "Provisioning was given up.",
    INTERVIEW_RSVP_CHANGED: "A participant answered the invitation.",
    CANDIDATE_NO_SHOW_MARKED: "The candidate did not come.",
    CANDIDATE_NO_SHOW_UNDONE: "The candidate came after all.",
    AVAILABILITY_SEARCH_COMPLETED: "A search for free slots ended.",
    BOOKMARK:
      "Nothing that the filter lets through, for half a minute: the cursor moves on, and there is no interview. Not in the log.",
  },
});

type Delivered = InterviewEvent | Bookmark;

const InterviewEventType = builder.objectRef<Delivered>("InterviewEvent").implement({
  description:
    "One committed change of an interview, as the account's event log has it, or a bookmark between changes.",
  fields: (t) => ({
    id: t.id({
      description: "The same in every repetition of the event.",
      resolve: (event, _args, ctx) => ("id" in event ? event.id : ctx.events.cursorOf(event)),
    }),
    cursor: t.field({
      type: "EventCursor",
      description: "Place in the account's event log. Sent as `after`, the stream goes on behind it.",
      resolve: (event, _args, ctx) => ctx.events.cursorOf(event),
    }),
    sequence: t.exposeInt("sequence", { description: "Number in the account's event log, without gaps, from 1." }),
    type: t.expose("type", { type: InterviewEventTypeEnum, description: "What happened." }),
    occurredAt: t.expose("occurredAt", { type: "DateTime", description: "When it happened." }),
    interviewVersion: t.int({
      nullable: true,
      description: "The interview's version after the change; null on a bookmark.",
      resolve: (event) => ("interviewVersion" in event ? event.interviewVersion : null),
    }),
    interview: t.field({
      type: "Interview",
      nullable: true,
      description:
        "The interview as it is when the event is delivered; null on a bookmark. An event of an interview that the caller " +
        "may not see at that moment is not delivered.",
      resolve: (event, _args, ctx) => ("interviewId" in event ? visibleInterview(ctx, event.interviewId) : null),
    }),
  }),
});

const idList = { description: "Only interviews of one of these." };

const InterviewEventFilter = builder.inputType("InterviewEventFilter", {
  description:
    "Which events are delivered. Lists that are left out let everything through; those that are sent must all match. Jobs, " +
    `applications and stages find nothing for a person who is not on the job's hiring team. ${WRONG_IDS}`,
  fields: (t) => ({
    jobIds: t.idList({ ...idList, validate: { maxLength: 100 } }),
    applicationIds: t.idList({ ...idList, validate: { maxLength: 100 } }),
    organizerIds: t.idList({ ...idList, validate: { maxLength: 100 } }),
    interviewerIds: t.idList({ ...idList, validate: { maxLength: 100 } }),
    stageIds: t.idList({ ...idList, validate: { maxLength: 100 } }),
  }),
});

type Filter = typeof InterviewEventFilter.$inferInput;

const NOUNS = {
  jobIds: "Job",
  applicationIds: "Application",
  organizerIds: "User",
  interviewerIds: "User",
  stageIds: "Stage",
} as const;

const toFilter = (filter: Filter | null | undefined): EventFilter => readIdLists(filter, NOUNS, ["filter"]);

/** A stream that cannot go on says so as the error of its last event. */
function delivered(item: StreamItem): Delivered {
  if (item.type === "FAILURE") throw item.error;
  return item;
}

const after = "Begins behind this event and first delivers what was missed; with the next event when left out.";

builder.subscriptionFields((t) => ({
  interviewProvisioned: t.field({
    type: InterviewEventType,
    description:
      "Delivers each interview of the account whose provisioning has ended: fully provisioned, or given up. External " +
      "interviews never appear. In order, without gap, and with a bookmark at least every 30 s while others change.",
    args: {
      after: t.arg({ type: "EventCursor", description: after }),
      filter: t.arg({ type: InterviewEventFilter, description: "Which interviews; all when left out." }),
    },
    subscribe: (_root, args, ctx) =>
      followProvisioning(ctx, { after: args.after ?? null, filter: toFilter(args.filter) }),
    resolve: delivered,
  }),
  interviewEvents: t.field({
    type: InterviewEventType,
    description: "Delivers every committed change of the account's interviews, in the same way.",
    args: {
      after: t.arg({ type: "EventCursor", description: after }),
      filter: t.arg({ type: InterviewEventFilter, description: "Which interviews; all when left out." }),
      types: t.arg({ type: [InterviewEventTypeEnum], description: "Which changes; all when left out." }),
    },
    subscribe: (_root, args, ctx) =>
      followInterviews(ctx, {
        after: args.after ?? null,
        filter: { ...toFilter(args.filter), types: args.types?.filter((type) => type !== BOOKMARK) },
      }),
    resolve: delivered,
  }),
}));
