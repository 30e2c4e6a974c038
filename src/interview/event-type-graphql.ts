import { defineEnum } from "../graphql/enum.ts";
import { INTERVIEW_EVENT_TYPES } from "../operation/event-source.ts";

export const InterviewEventTypeEnum = defineEnum("InterviewEventType", INTERVIEW_EVENT_TYPES, {
  description:
    "What happened. More types will come, as more can be done to an interview: expect ones that you do not know.",
  values: {
    INTERVIEW_CREATED: "An interview was created.",
    INTERVIEW_UPDATED: "Something of it was changed, but not its time.",
    INTERVIEW_RESCHEDULED: "Its time was changed.",
    INTERVIEW_CANCELLED: "It was cancelled.",
    CANDIDATE_NO_SHOW_MARKED: "The candidate did not come.",
    CANDIDATE_NO_SHOW_UNDONE: "The candidate came after all.",
    INTERVIEW_RSVP_CHANGED: "A participant answered the invitation.",
    INTERVIEW_PROVISIONED: "Conference, calendar event and invitations exist.",
    INTERVIEW_PROVISIONING_FAILED: "Provisioning was given up.",
  },
});
