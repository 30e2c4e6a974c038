import type { ClockSpan, DateOverride, TimeOff, WeeklySpan } from "../db/schema/people.ts";
import { builder } from "../graphql/builder.ts";

const START = { description: "Wall-clock time, `HH:MM`." };
const END = {
  description: "Wall-clock time, `HH:MM`; `24:00` is midnight, and a time before `start` is one of the day after.",
};

export const WorkingHours = builder.objectRef<WeeklySpan>("WorkingHours").implement({
  description: "One span of working time in the user's own time zone.",
  fields: (t) => ({
    weekday: t.exposeInt("weekday", { description: "ISO weekday: 1 is Monday, 7 is Sunday." }),
    start: t.exposeString("start", START),
    end: t.exposeString("end", END),
  }),
});

const ClockSpanType = builder.objectRef<ClockSpan>("ClockSpan").implement({
  description: "From one time of a day to another, on the wall clock.",
  fields: (t) => ({ start: t.exposeString("start", START), end: t.exposeString("end", END) }),
});

export const WorkingHoursOverride = builder.objectRef<DateOverride>("WorkingHoursOverride").implement({
  description: "A date on which a user works at other hours than on its weekday.",
  fields: (t) => ({
    date: t.exposeString("date", { description: "The date in the user's own time zone, `YYYY-MM-DD`." }),
    spans: t.expose("spans", { type: [ClockSpanType], description: "When the user works; empty for a day off." }),
  }),
});

const localTime = (local: string): string => `${local}:00`;

export const TimeOffType = builder.objectRef<TimeOff>("TimeOff").implement({
  description: "A time at which a user is away, on the wall clock of their own time zone.",
  fields: (t) => ({
    startTime: t.field({
      type: "LocalDateTime",
      description: "From when.",
      resolve: ({ start }) => localTime(start),
    }),
    endTime: t.field({ type: "LocalDateTime", description: "Until when.", resolve: ({ end }) => localTime(end) }),
  }),
});
