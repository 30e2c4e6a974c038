import type { Span } from "../core/interval.ts";
import { toLocal } from "../core/zone.ts";
import { calendarAnswer } from "../db/schema/enum.ts";
import type { ItemsExtensions } from "../execution/cost.ts";
import type { StoredPerson } from "../db/schema/availability.ts";
import { builder } from "../graphql/builder.ts";
import type { FieldBuilder } from "../graphql/builder.ts";
import { columnsOf } from "../graphql/columns.ts";
import { defineEnum } from "../graphql/enum.ts";
import { visibleInterview } from "../interview/find.ts";
import { userInAccount, usersOfSeats } from "../people/load.ts";
import { loaded } from "../read/loader.ts";
import { REASONS } from "./blocks.ts";
import type { Block } from "./blocks.ts";
import { toBlock } from "./found.ts";
import type { FoundPerson } from "./found.ts";
import type { Slot, Summary } from "./slots.ts";

/** So many a person has in a week or two. */
const ASSUMED_BLOCKS = 50;

const Reason = defineEnum("AvailabilityReason", REASONS, {
  description: "Why somebody cannot take part, or why that is not known.",
  values: {
    BUSY_INTERVIEW: "They sit on another interview.",
    BUSY_CALENDAR: "Their calendar says that they are busy.",
    BUFFER: "It is too close to what they are busy with.",
    OUTSIDE_WORKING_HOURS: "They do not work then.",
    TIME_OFF: "They are away.",
    MINIMUM_NOTICE: "It is too soon.",
    LIMIT_PER_DAY: "As many interviews of theirs begin on that day as may.",
    LIMIT_PER_WEEK: "As many interviews of theirs begin in that week as may.",
    UNKNOWN: "Their calendar has not told whether they are free.",
  },
});

const CalendarAnswerEnum = defineEnum("CalendarAnswer", calendarAnswer.enumValues, {
  description: "What a person's calendar has told.",
  values: {
    ANSWERED: "When they are busy.",
    PARTLY: "When they are busy in a part of the time; the rest is UNKNOWN.",
    NOT_CONNECTED: "Nothing: no calendar is connected.",
    REVOKED: "Nothing: access to the calendar was taken back. Connect it again.",
    UNREACHABLE: "Nothing: the calendar could not be read. Search again later.",
    TOO_LATE: "Nothing within the ten seconds that a search waits. Search again.",
  },
});

/** The zone in which a result is told goes along with it. */
export type Told<Of> = Of & { timezone: string };

/** When a slot, or a leg of a sequence, is. */
export const timeFields = <Of extends Told<Span>>(t: FieldBuilder<Of>) => ({
  startTime: t.field({ type: "DateTime", description: "The start.", resolve: ({ start }) => new Date(start) }),
  endTime: t.field({ type: "DateTime", description: "The end.", resolve: ({ end }) => new Date(end) }),
  localStartTime: t.field({
    type: "LocalDateTime",
    description: "The start on the wall clock of the search's time zone.",
    resolve: ({ start, timezone }) => toLocal(new Date(start), timezone),
  }),
});

export const asSeats = (userIds: readonly string[]) => userIds.map((userId) => ({ userId }));

export const AvailabilitySlot = builder.objectRef<Told<Slot>>("AvailabilitySlot").implement({
  description: "A time at which the interview can take place. Starts lie on quarters of an hour.",
  fields: (t) => ({
    ...timeFields(t),
    interviewers: t.field({
      type: ["User"],
      description: "Who can interview then: everybody of a PANEL, one or more to choose from ONE_ON_ONE.",
      resolve: ({ interviewers }, _args, ctx, info) => usersOfSeats(ctx, asSeats(interviewers), columnsOf(info)),
    }),
    unknown: t.field({
      type: ["User"],
      description:
        "Who of those who are needed may be busy, since their calendar has not told; empty when it is certain.",
      resolve: ({ unknown }, _args, ctx, info) => usersOfSeats(ctx, asSeats(unknown), columnsOf(info)),
    }),
  }),
});

export const SlotConnection = builder.connectionObject(
  { type: AvailabilitySlot, name: "AvailabilitySlotConnection", description: "A page of the slots of a search." },
  { name: "AvailabilitySlotEdge", description: "One slot and its position among the slots of its search." },
);

const ReasonCount = builder.objectRef<Summary["reasons"][number]>("AvailabilityReasonCount").implement({
  description: "How often a reason is in the way.",
  fields: (t) => ({
    reason: t.expose("reason", { type: Reason, description: "What is in the way." }),
    starts: t.exposeInt("starts", { description: "Starts at which it is in somebody's way." }),
  }),
});

export const AvailabilitySummary = builder.objectRef<Summary>("AvailabilitySummary").implement({
  description: "How many times were found, and why not more.",
  fields: (t) => ({
    candidateStarts: t.exposeInt("candidateStarts", {
      description: "Quarters of an hour at which the interview would lie within the time that was searched.",
    }),
    freeStarts: t.exposeInt("freeStarts", { description: "Those at which everybody who is needed is free." }),
    unknownStarts: t.exposeInt("unknownStarts", {
      description: "Those at which everybody who is needed may be free, and it is not certain of everybody.",
    }),
    reasons: t.expose("reasons", {
      type: [ReasonCount],
      description: "What is in the way, most frequent first. One start may have several reasons.",
    }),
  }),
});

const AvailabilityBlock = builder.objectRef<Block>("AvailabilityBlock").implement({
  description: "A time at which a person cannot take part, or is not known to be free.",
  fields: (t) => ({
    startTime: t.field({ type: "DateTime", description: "From when.", resolve: ({ start }) => new Date(start) }),
    endTime: t.field({ type: "DateTime", description: "Until when.", resolve: ({ end }) => new Date(end) }),
    reason: t.expose("reason", { type: Reason, description: "Why." }),
    interview: t.field({
      type: "Interview",
      nullable: true,
      description: "The interview of a BUSY_INTERVIEW; null for other reasons, and when the caller may not see it.",
      resolve: ({ interviewId }, _args, ctx) => (interviewId === null ? null : visibleInterview(ctx, interviewId)),
    }),
  }),
});

/** What every search shows of a person. */
export const personFields = <Of extends StoredPerson & { isOrganizer: boolean }>(t: FieldBuilder<Of>) => ({
  user: t.field({
    type: "User",
    description: "The person.",
    resolve: ({ userId }, _args, ctx, info) => loaded(ctx.load(userInAccount, userId, columnsOf(info))),
  }),
  isOrganizer: t.boolean({
    description: "Whether they are the organizer.",
    resolve: ({ isOrganizer }) => isOrganizer,
  }),
  calendar: t.field({
    type: CalendarAnswerEnum,
    description: "What their calendar has told.",
    resolve: ({ calendar }) => calendar,
  }),
  workingHoursKnown: t.boolean({
    description: "Whether they have told working hours; any time is working time otherwise.",
    resolve: ({ workingHoursKnown }) => workingHoursKnown,
  }),
  blocks: t.field({
    type: [AvailabilityBlock],
    description: "What is in their way, by start. Blocks of one reason do not overlap, those of two reasons may.",
    args: {
      from: t.arg({ type: "DateTime", description: "Only blocks that end after this." }),
      to: t.arg({ type: "DateTime", description: "Only blocks that begin before this." }),
    },
    extensions: { items: ASSUMED_BLOCKS } satisfies ItemsExtensions,
    resolve: ({ blocks }, { from, to }) =>
      blocks.map(toBlock).filter(({ start, end }) => (!from || end > from.getTime()) && (!to || start < to.getTime())),
  }),
});

export const AvailabilityPerson = builder.objectRef<FoundPerson>("AvailabilityPerson").implement({
  description: "A person whose time counts, and what is in their way.",
  fields: (t) => ({
    ...personFields(t),
    freeStarts: t.exposeInt("freeStarts", { description: "Starts at which this person is certainly free." }),
    soleObstacleOf: t.exposeInt("soleObstacleOf", {
      description: "Starts at which only this person is in the way: the interview could take place if they were free.",
    }),
  }),
});
