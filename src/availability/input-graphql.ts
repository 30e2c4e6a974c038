import { SentIds } from "../core/id.ts";
import { builder } from "../graphql/builder.ts";
import { InterviewKind } from "../hiring/plan-graphql.ts";
import type { SearchRequest } from "./request.ts";

const MOST_IDS = 100;

export const ComputeAvailabilityInput = builder.inputType("ComputeAvailabilityInput", {
  description: "Who is to meet for how long, and between when and when.",
  fields: (t) => ({
    organizerId: t.id({ required: true, description: "Who will run the event; an active user." }),
    interviewerIds: t.idList({
      required: true,
      validate: { maxLength: MOST_IDS },
      description: "One to ten active users; the same user twice counts once.",
    }),
    kind: t.field({
      type: InterviewKind,
      required: true,
      description:
        "PANEL looks for times at which all interviewers can, ONE_ON_ONE for times at which one of them can.",
    }),
    durationMinutes: t.int({ required: true, description: "5 to 1440 minutes." }),
    timezone: t.field({
      type: "TimeZone",
      required: true,
      description:
        "The zone in which times without offset are read, and in which `localStartTime` is told. It changes no slot.",
    }),
    from: t.field({ type: "DateTimeInput", description: "From when; now when left out." }),
    to: t.field({
      type: "DateTimeInput",
      description: "Until when the interview must have ended: at most 30 days after `from`, 7 when left out.",
    }),
    organizerMustBeFree: t.boolean({
      required: true,
      defaultValue: true,
      description: "Whether the organizer's time counts. Merely organizing another interview makes nobody busy.",
    }),
    withinWorkingHours: t.boolean({
      required: true,
      defaultValue: true,
      description:
        "Whether working hours count. Time off always does, and nobody who has told no hours is outside them.",
    }),
    bufferMinutes: t.int({
      required: true,
      defaultValue: 0,
      description:
        "Minutes to keep free before and after whatever somebody is busy with, at most 240; a person's own buffer counts when it is longer.",
    }),
    minimumNoticeMinutes: t.int({
      required: true,
      defaultValue: 0,
      description: "Minutes from now within which no interview may begin, at most 43200.",
    }),
    ignoreInterviewIds: t.idList({
      validate: { maxLength: MOST_IDS },
      description: "Interviews that make nobody busy, since they are about to be moved. The caller must see them.",
    }),
  }),
});

/** The request behind an input: UUIDs in place of ids. */
export function toSearchRequest(input: typeof ComputeAvailabilityInput.$inferInput): SearchRequest {
  const ids = new SentIds();
  const { ignoreInterviewIds, from, to, ...rest } = input;
  return {
    ...rest,
    ids,
    from: from ?? null,
    to: to ?? null,
    organizerId: ids.read("User", input.organizerId),
    interviewerIds: [...new Set(input.interviewerIds.map((id) => ids.read("User", id)))],
    ignoredInterviewIds: [...new Set(ignoreInterviewIds?.map((id) => ids.read("Interview", id)))],
  };
}
