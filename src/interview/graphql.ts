import { decodeIdOf, encodeId } from "../core/id.ts";
import { calendarEventVisibility, provisioningState, rsvp } from "../db/schema/enum.ts";
import { builder } from "../graphql/builder.ts";
import { columnsOf, fieldsOf } from "../graphql/columns.ts";
import type { WeightExtensions } from "../execution/cost.ts";
import { defineEnum } from "../graphql/enum.ts";
import * as hiring from "../hiring/load.ts";
import { InterviewKind, InterviewLocation, ScorecardConfiguration } from "../hiring/plan-graphql.ts";
import type { Loader } from "../read/loader.ts";
import { userInAccount } from "../people/load.ts";
import { emailTemplateInAccount } from "../template/load.ts";
import { MEETING_STATUSES, meetingStatus } from "./lifecycle.ts";
import { findInterview } from "./find.ts";
import { interviewersOfInterview } from "./load.ts";
import type { Interviewer } from "./load.ts";
import { partShown } from "./location.ts";
import type { Interview } from "./load.ts";
import { agreedStart } from "./timezone-shift.ts";
import { ofApplication } from "./visibility.ts";

export const MeetingStatus = defineEnum("MeetingStatus", MEETING_STATUSES, {
  description: "State of a meeting. NOT_STARTED, IN_PROGRESS and ENDED follow the clock; the others override it.",
  values: {
    NOT_STARTED: "Its start is in the future.",
    IN_PROGRESS: "Its start has passed and its end has not.",
    ENDED: "Its end has passed.",
    CANCELLED: "It was cancelled, for good.",
    CANDIDATE_NO_SHOW: "The candidate did not attend.",
  },
});

export const CalendarEventVisibility = defineEnum("CalendarEventVisibility", calendarEventVisibility.enumValues, {
  description: "Who can read the calendar event.",
  values: { DEFAULT: "Everybody with whom the calendar is shared.", PRIVATE: "Only its participants." },
});

export const ProvisioningState = defineEnum("ProvisioningState", provisioningState.enumValues, {
  description: "How far conference, calendar event and invitations have come.",
  values: {
    NOT_APPLICABLE: "The calendar event is owned elsewhere, so nothing is provisioned.",
    PENDING: "Under way.",
    PROVISIONED: "Everything exists and the invitations are sent.",
    FAILED: "It was given up; `retryProvisioning` starts again.",
  },
});

export const Rsvp = defineEnum("Rsvp", rsvp.enumValues, {
  description: "Answer to an invitation.",
  values: {
    NEEDS_ACTION: "No answer yet.",
    ACCEPTED: "Will attend.",
    TENTATIVE: "May attend.",
    DECLINED: "Will not attend.",
  },
});

const seat = fieldsOf<Interviewer>();

builder.objectType("Interviewer", {
  description: "A user's seat on one interview.",
  fields: (t) => ({
    id: t.id({
      description: "Opaque id, the same for as long as the user sits on the interview. `node` does not take it.",
      ...seat.reading(["interviewId", "userId"], ({ interviewId, userId }) =>
        encodeId("Interviewer", `${interviewId}_${userId}`),
      ),
    }),
    user: t.field({
      type: "User",
      description: "Who interviews.",
      ...seat.related("userId", userInAccount),
    }),
    rsvp: t.expose("rsvp", {
      type: Rsvp,
      nullable: true,
      description: "Answer to the invitation; null on an external interview, whose answers are not tracked.",
    }),
    answeredAt: t.expose("answeredAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was given; null while there is none.",
    }),
  }),
});

const ExternalEvent = builder.objectRef<Interview>("ExternalEvent").implement({
  description: "A calendar event that another system owns.",
  fields: (t) => ({
    videoConferencingUrl: t.expose("externalUrl", {
      type: "URL",
      nullable: true,
      extensions: { weight: 5 } satisfies WeightExtensions,
      description: "Link to the meeting; null when none was sent.",
    }),
    source: t.exposeString("externalSource", {
      nullable: true,
      description: "Label of the owning system; null when none was sent.",
    }),
    eventId: t.exposeString("externalEventId", {
      nullable: true,
      description: "The owner's own id of the event; null when none was sent.",
    }),
  }),
});

const { reading, related, relatedIfAny } = fieldsOf<Interview>();

/** The object that a key refers to; null for a person who sees the interview but not its application. */
const relatedOfApplication = <V>(key: "applicationId" | "jobId" | "stageId" | "stageActivityId", loader: Loader<V>) =>
  reading([key, "jobId", "candidateId"], (interview, ctx, info) =>
    ofApplication(ctx, interview, () => ctx.load(loader, interview[key], columnsOf(info))),
  );

/** What a key leads to while the interview is held where the key belongs. */
const relatedIfShown = <V>(key: "officeId" | "hostId", loader: Loader<V>) =>
  reading([key, "location"], (interview, ctx, info) =>
    ctx.load(loader, partShown<typeof key>(interview, key), columnsOf(info)),
  );

const PARTICIPANT = "null for a person who organises it or sits on it without seeing its application";

builder.node("Interview", {
  description: "A meeting of a candidate with interviewers about one application.",
  id: { resolve: (interview) => interview.id },
  loadWithoutCache: (id, ctx) => findInterview(ctx, id),
  fields: (t) => ({
    version: t.exposeInt("version", { description: "Grows by one with every change; starts at 1." }),
    name: t.exposeString("name", {
      nullable: true,
      description: "Name of the interview; null when its creator cleared it.",
    }),
    kind: t.expose("kind", { type: InterviewKind, description: "How many interviewers meet the candidate." }),
    location: t.expose("location", {
      type: InterviewLocation,
      nullable: true,
      description: "Where it is held; null only on an external interview.",
    }),
    status: t.field({
      type: MeetingStatus,
      description: "State of the meeting at the moment of the answer.",
      ...reading(["outcome", "startsAt", "endsAt"], (interview, ctx) => meetingStatus(interview, ctx.now())),
    }),
    startTime: t.expose("startsAt", { type: "DateTime", description: "When it starts." }),
    endTime: t.expose("endsAt", { type: "DateTime", description: "When it ends; the end itself is free again." }),
    durationMinutes: t.exposeInt("durationMinutes", { description: "Length in minutes of elapsed time." }),
    timezone: t.expose("timezone", { type: "TimeZone", description: "The zone in which it was agreed." }),
    localStartTime: t.field({
      type: "LocalDateTime",
      description: "The start on the wall clock of `timezone`, as it was agreed.",
      ...reading(["localStart"], ({ localStart }) => agreedStart(localStart)),
    }),
    application: t.field({
      type: "Application",
      nullable: true,
      description: `The application it is about; ${PARTICIPANT}.`,
      ...relatedOfApplication("applicationId", hiring.applicationInAccount),
    }),
    candidate: t.field({
      type: "Candidate",
      description: "Who is interviewed.",
      ...related("candidateId", hiring.candidateInAccount),
    }),
    candidateRsvp: t.expose("candidateRsvp", {
      type: Rsvp,
      nullable: true,
      description: "The candidate's answer; null on an external interview.",
    }),
    job: t.field({
      type: "Job",
      nullable: true,
      description: `The position it is about; ${PARTICIPANT}.`,
      ...relatedOfApplication("jobId", hiring.jobInAccount),
    }),
    stage: t.field({
      type: "Stage",
      nullable: true,
      description: `The stage it is placed on; ${PARTICIPANT}.`,
      ...relatedOfApplication("stageId", hiring.stageInAccount),
    }),
    stageActivity: t.field({
      type: "StageActivity",
      nullable: true,
      description: `The activity it was configured from; null when it was made without one, and ${PARTICIPANT}.`,
      ...relatedOfApplication("stageActivityId", hiring.stageActivityInAccount),
    }),
    organizer: t.field({
      type: "User",
      description: "Who runs the event.",
      ...related("organizerId", userInAccount),
    }),
    host: t.field({
      type: "User",
      nullable: true,
      description: "The interviewer whose Zoom seat opens the meeting; null unless it is held on ZOOM.",
      ...relatedIfShown("hostId", userInAccount),
    }),
    interviewers: t.field({
      type: ["Interviewer"],
      description: "Who interviews, in the order in which they were named.",
      ...related("id", interviewersOfInterview),
    }),
    office: t.field({
      type: "Office",
      nullable: true,
      description: "The office; null when it is held in none, or elsewhere than ONSITE.",
      ...relatedIfShown("officeId", hiring.officeInAccount),
    }),
    hackerrankTemplateId: t.string({
      nullable: true,
      description: "HackerRank's own id of the pad template; null unless it is held on HACKERRANK.",
      ...reading(["hackerrankTemplateId", "location"], (interview) => partShown(interview, "hackerrankTemplateId")),
    }),
    candidateTemplate: t.field({
      type: "EmailTemplate",
      nullable: true,
      description: "Invitation for the candidate; null on an external interview.",
      ...relatedIfAny("candidateTemplateId", emailTemplateInAccount),
    }),
    interviewerTemplate: t.field({
      type: "EmailTemplate",
      nullable: true,
      description: "Invitation for the interviewers; null on an external interview.",
      ...relatedIfAny("interviewerTemplateId", emailTemplateInAccount),
    }),
    scorecard: t.field({
      type: ScorecardConfiguration,
      nullable: true,
      description: "What interviewers fill in; null without a scorecard.",
      resolve: (interview) => (interview.scorecardTemplateId ? interview : null),
    }),
    calendarEventVisibility: t.expose("calendarEventVisibility", {
      type: CalendarEventVisibility,
      description: "Who can read the calendar event.",
    }),
    aiScorecardAssistEnabled: t.exposeBoolean("aiScorecardAssistEnabled", {
      description: "Whether AI drafts the scorecards.",
    }),
    external: t.field({
      type: ExternalEvent,
      nullable: true,
      description: "The event of another system; null when this system manages the calendar event.",
      resolve: (interview) => (interview.external ? interview : null),
    }),
    conferenceUrl: t.expose("conferenceUrl", {
      type: "URL",
      nullable: true,
      extensions: { weight: 5 } satisfies WeightExtensions,
      description:
        "Link to the conference; null until it is provisioned, and where there is none (ONSITE, PHONE, external).",
    }),
    conflictReason: t.exposeString("conflictReason", {
      nullable: true,
      extensions: { weight: 5 } satisfies WeightExtensions,
      description:
        "Why interviewers may have another interview at the same time: the reason sent with conflictPolicy ALLOW. Null when " +
        "overlaps were not allowed.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was created." }),
    updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it was last changed." }),
  }),
});

builder.queryField("interview", (t) =>
  t.field({
    type: "Interview",
    nullable: true,
    description: "One interview, or null when there is none that the caller may see.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the interview. Any other text is the error INVALID_ID." }),
    },
    resolve: (_root, { id }, ctx) => findInterview(ctx, decodeIdOf("Interview", id)),
  }),
);
