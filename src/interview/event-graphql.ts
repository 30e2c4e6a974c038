import { interviewEventType } from "../db/schema/enum.ts";
import type { InterviewEvent } from "../events/catalogue.ts";
import { builder } from "../graphql/builder.ts";
import { defineEnum } from "../graphql/enum.ts";
import { loaded } from "../operation/loader.ts";
import { followProvisioning } from "./follow.ts";
import { interviewInAccount } from "./load.ts";

const InterviewEventTypeEnum = defineEnum("InterviewEventType", interviewEventType.enumValues, {
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
  },
});

const InterviewProvisionedEvent = builder.objectRef<InterviewEvent>("InterviewProvisionedEvent").implement({
  description: "Provisioning of an interview has ended.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "The same in every repetition of the event." }),
    cursor: t.field({
      type: "EventCursor",
      description: "Place in the account's event log. Sent as `after`, the stream goes on behind it.",
      resolve: (event, _args, ctx) => ctx.events.cursorOf(event),
    }),
    sequence: t.exposeInt("sequence", { description: "Number in the account's event log, without gaps, from 1." }),
    type: t.expose("type", {
      type: InterviewEventTypeEnum,
      description: "INTERVIEW_PROVISIONED, or INTERVIEW_PROVISIONING_FAILED when it was given up.",
    }),
    occurredAt: t.expose("occurredAt", { type: "DateTime", description: "When it happened." }),
    interviewVersion: t.exposeInt("interviewVersion", { description: "The interview's version after the change." }),
    interview: t.field({
      type: "Interview",
      description: "The interview as it is when the event is delivered.",
      resolve: (event, _args, ctx) => loaded(ctx.load(interviewInAccount, event.interviewId)),
    }),
  }),
});

builder.subscriptionField("interviewProvisioned", (t) =>
  t.field({
    type: InterviewProvisionedEvent,
    description:
      "Delivers each interview of the account whose provisioning has ended, fully provisioned. External interviews never appear.",
    args: {
      after: t.arg({
        type: "EventCursor",
        description: "Begins behind this event and first delivers what was missed; with the next event when left out.",
      }),
    },
    subscribe: (_root, { after }, ctx) => followProvisioning(ctx, after),
    resolve: (event) => event,
  }),
);
