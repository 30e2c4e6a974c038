import { SentIds } from "../core/id.ts";
import { MAX_IDS } from "../graphql/id-list.ts";
import { builder } from "../graphql/builder.ts";
import type { InputBuilder } from "../graphql/builder.ts";
import { InterviewKind } from "../hiring/plan-graphql.ts";
import type { SearchRequest, WindowRequest } from "./request.ts";

/** What is asked of every search, whatever it looks for. */
export const windowFields = (t: InputBuilder) => ({
  organizerId: t.id({ required: true, description: "Who will run the event; an active user." }),
  timezone: t.field({
    type: "TimeZone",
    required: true,
    description: "The zone in which times without offset are read, and in which `localStartTime` is told.",
  }),
  from: t.field({ type: "DateTimeInput", description: "From when; now when left out." }),
  to: t.field({
    type: "DateTimeInput",
    description: "Until when everything must have ended: at most 30 days after `from`, 7 when left out.",
  }),
  organizerMustBeFree: t.boolean({
    required: true,
    defaultValue: true,
    description: "Whether the organizer's time counts. Organizing another interview does not count as busy time.",
  }),
  withinWorkingHours: t.boolean({
    required: true,
    defaultValue: true,
    description: "Whether working hours count. Time off always counts. Whoever has told no hours can always work.",
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
    validate: { maxLength: MAX_IDS },
    description: "Interviews that are about to be moved: they do not count as busy time. The caller must see them.",
  }),
});

export const ComputeAvailabilityInput = builder.inputType("ComputeAvailabilityInput", {
  description: "Who is to meet for how long, and between when and when.",
  fields: (t) => ({
    interviewerIds: t.idList({
      required: true,
      validate: { maxLength: MAX_IDS },
      description: "One to ten active users; the same user twice counts once.",
    }),
    kind: t.field({
      type: InterviewKind,
      required: true,
      description:
        "PANEL looks for times at which all interviewers can, ONE_ON_ONE for times at which one of them can.",
    }),
    durationMinutes: t.int({ required: true, description: "5 to 1440 minutes." }),
    ...windowFields(t),
  }),
});

type WindowInput = Pick<typeof ComputeAvailabilityInput.$inferInput, keyof ReturnType<typeof windowFields>>;

export function toWindowRequest(ids: SentIds, input: WindowInput): WindowRequest {
  const { organizerId, timezone, from, to, ignoreInterviewIds } = input;
  const { organizerMustBeFree, withinWorkingHours, bufferMinutes, minimumNoticeMinutes } = input;
  return {
    ids,
    organizerId: ids.read("User", organizerId),
    timezone,
    from: from ?? null,
    to: to ?? null,
    organizerMustBeFree,
    withinWorkingHours,
    bufferMinutes,
    minimumNoticeMinutes,
    ignoredInterviewIds: [...new Set(ignoreInterviewIds?.map((id) => ids.read("Interview", id)))],
  };
}

export const toUserIds = (ids: SentIds, sent: readonly string[]): string[] => [
  ...new Set(sent.map((id) => ids.read("User", id))),
];

/** The request that an input is: UUIDs in place of ids. */
export function toSearchRequest(input: typeof ComputeAvailabilityInput.$inferInput): SearchRequest {
  const ids = new SentIds();
  const { interviewerIds, kind, durationMinutes } = input;
  return { ...toWindowRequest(ids, input), interviewerIds: toUserIds(ids, interviewerIds), kind, durationMinutes };
}
