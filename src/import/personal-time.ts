import { z } from "zod";

const MAX_SPANS_PER_WEEK = 50;
const MAX_SPANS_PER_DATE = 10;
const MAX_OVERRIDES = 400;
const MAX_TIMES_OFF = 200;
const MAX_PER_DAY = 50;
const MAX_PER_WEEK = 200;
const MAX_BUFFER_MINUTES = 240;

const NOT_A_CLOCK = "is not a wall-clock time such as 09:00";
const span = {
  start: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, NOT_A_CLOCK)
    .describe("Start, HH:MM on the wall clock of the user's zone."),
  end: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, NOT_A_CLOCK)
    .describe("End, HH:MM; before the start it is a time of the day after. 24:00 is midnight."),
};

/** Equal times could mean no time at all or a whole day. */
const lasts = <T extends { start: string; end: string }>(shape: z.ZodType<T>) =>
  shape.refine(({ start, end }) => start !== end, {
    path: ["end"],
    error: "is the start: a whole day is 00:00 to 24:00",
  });

const weeklySpan = lasts(
  z.strictObject({ weekday: z.int().min(1).max(7).describe("ISO weekday: 1 is Monday, 7 is Sunday."), ...span }),
);

const dateOverride = z.strictObject({
  date: z.iso.date("is not a date such as 2027-03-01").describe("The date on the wall clock of the user's zone."),
  spans: z
    .array(lasts(z.strictObject(span)))
    .max(MAX_SPANS_PER_DATE)
    .describe("When the user works on that date, in place of the weekday's hours; empty for a day off."),
});

const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/;
const isOnCalendar = (date: string): boolean => z.iso.date().safeParse(date).success;
const localTime = (what: string) =>
  z
    .string()
    .refine((text) => LOCAL_TIME.test(text) && isOnCalendar(text.slice(0, "YYYY-MM-DD".length)), {
      error: "is not a wall-clock time such as 2027-03-01T09:00",
    })
    .meta({ pattern: LOCAL_TIME.source })
    .describe(`${what}, YYYY-MM-DDTHH:MM on the wall clock of the user's zone.`);

const timeOff = z
  .strictObject({ start: localTime("Start"), end: localTime("End") })
  .refine(({ start, end }) => start < end, { path: ["end"], error: "is not after start" });

function refuseRepeatedDates(overrides: { date: string }[], context: z.RefinementCtx): void {
  const dates = new Set<string>();
  for (const [index, { date }] of overrides.entries()) {
    if (dates.has(date)) {
      context.issues.push({ code: "custom", input: date, path: [index, "date"], message: `comes twice: ${date}` });
    }
    dates.add(date);
  }
}

const limit = (max: number, period: string) =>
  z
    .int()
    .min(0)
    .max(max)
    .nullable()
    .default(null)
    .describe(`How many interviews of the user may begin in one ${period} of the user's zone; null for any number.`);

/** What a directory says of a user's time. */
export const personalTime = {
  workingHours: z
    .array(weeklySpan)
    .max(MAX_SPANS_PER_WEEK)
    .default([])
    .describe("When the user works, week for week; empty when unknown."),
  workingHoursOverrides: z
    .array(dateOverride)
    .max(MAX_OVERRIDES)
    .superRefine(refuseRepeatedDates)
    .default([])
    .describe("Dates on which the user works at other hours, or not at all."),
  timeOff: z.array(timeOff).max(MAX_TIMES_OFF).default([]).describe("When the user is away."),
  maxInterviewsPerDay: limit(MAX_PER_DAY, "day"),
  maxInterviewsPerWeek: limit(MAX_PER_WEEK, "week from Monday"),
  bufferMinutes: z
    .int()
    .min(0)
    .max(MAX_BUFFER_MINUTES)
    .default(0)
    .describe("Minutes to keep free before and after whatever the user is busy with."),
};
