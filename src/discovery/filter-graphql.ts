import { builder } from "../graphql/builder.ts";
import { readIdLists, WRONG_IDS } from "../graphql/id-list.ts";
import { InterviewKind, InterviewLocation } from "../hiring/plan-graphql.ts";
import { MeetingStatus, ProvisioningState } from "../interview/graphql.ts";
import type { InterviewFilter } from "./filter.ts";

const MOST = { validate: { maxLength: 100 } };

const InstantWindow = builder.inputType("InstantWindow", {
  description: "A span of time. It begins with `from` and ends before `to`; an end that is left out is open.",
  fields: (t) => ({
    from: t.field({ type: "DateTime", description: "The first instant of it." }),
    to: t.field({ type: "DateTime", description: "The first instant after it." }),
  }),
});

export const InterviewFilterInput = builder.inputType("InterviewFilter", {
  description:
    "Which interviews. What is left out lets everything through, an empty list nothing; all that is sent must " +
    "match. A list has at most 100 items. What asks about the job (jobs, applications, loops, stages, departments, recruiters) finds " +
    `nothing for a person who is not on its hiring team. ${WRONG_IDS}`,
  fields: (t) => ({
    jobIds: t.idList({ ...MOST, description: "Of one of these jobs." }),
    applicationIds: t.idList({ ...MOST, description: "About one of these applications." }),
    loopIds: t.idList({ ...MOST, description: "Of one of these loops." }),
    candidateIds: t.idList({ ...MOST, description: "With one of these candidates." }),
    interviewerIds: t.idList({ ...MOST, description: "With one of these users as an interviewer." }),
    organizerIds: t.idList({ ...MOST, description: "Organised by one of these users." }),
    recruiterIds: t.idList({
      ...MOST,
      description: "Of a job with one of these users on its hiring team as RECRUITER.",
    }),
    departments: t.stringList({
      ...MOST,
      description: "Of a job of one of these departments, by exact name in any Unicode form.",
    }),
    officeIds: t.idList({ ...MOST, description: "In one of these offices." }),
    stageIds: t.idList({ ...MOST, description: "Placed on one of these stages." }),
    statuses: t.field({
      ...MOST,
      type: [MeetingStatus],
      description:
        "Whose meeting has one of these states: in a list at the moment of the answer, of an event at its time.",
    }),
    kinds: t.field({ ...MOST, type: [InterviewKind], description: "Of one of these kinds." }),
    locations: t.field({ ...MOST, type: [InterviewLocation], description: "Held in one of these ways." }),
    provisioningStates: t.field({
      ...MOST,
      type: [ProvisioningState],
      description: "Whose provisioning has come this far.",
    }),
    external: t.boolean({ description: "Whether another system owns the calendar event." }),
    aiNoteTakerEnabled: t.boolean({ description: "Whether the AI note-taker is asked to join." }),
    startTime: t.field({ type: InstantWindow, description: "That start within this span." }),
    createdAt: t.field({ type: InstantWindow, description: "That were created within this span." }),
    updatedAt: t.field({ type: InstantWindow, description: "That were last changed within this span." }),
  }),
});

const NOUNS = {
  jobIds: "Job",
  applicationIds: "Application",
  loopIds: "InterviewLoop",
  candidateIds: "Candidate",
  interviewerIds: "User",
  organizerIds: "User",
  recruiterIds: "User",
  officeIds: "Office",
  stageIds: "Stage",
} as const;

export type SentFilter = typeof InterviewFilterInput.$inferInput | null | undefined;

/** @throws RequestError INVALID_ID */
export function toFilter(filter: SentFilter): InterviewFilter {
  return {
    ...readIdLists(filter, NOUNS, ["filter"]),
    // Stored in NFC.
    departments: filter?.departments?.map((department) => department.normalize()),
    statuses: filter?.statuses ?? undefined,
    kinds: filter?.kinds ?? undefined,
    locations: filter?.locations ?? undefined,
    provisioningStates: filter?.provisioningStates ?? undefined,
    external: filter?.external ?? undefined,
    aiNoteTakerEnabled: filter?.aiNoteTakerEnabled ?? undefined,
    startTime: filter?.startTime ?? undefined,
    createdAt: filter?.createdAt ?? undefined,
    updatedAt: filter?.updatedAt ?? undefined,
  };
}
