import { wallClock } from "../core/zone.ts";
import type { Interview } from "../interview/load.ts";
import type { User } from "../people/load.ts";
import { joining } from "./change.ts";
import type { Change } from "./change.ts";
import type { Creation } from "./create-rules.ts";

/** Every warning, and when it is given. */
export const WARNINGS = {
  SCORECARD_TEMPLATE_IGNORED:
    "A scorecard template was sent for a plan-driven interview, whose scorecard is its stage activity's.",
  INTERVIEWER_OUTSIDE_WORKING_HOURS: "Part of the interview lies outside the working hours of an interviewer.",
  INTERVIEWER_UNSOCIABLE_HOUR:
    "Part of the interview lies before 07:00 or after 21:00 of an interviewer's own time zone.",
} as const;

export type WarningCode = keyof typeof WARNINGS;

/** Something that did not hinder the request, and that its sender may not expect. */
export interface InterviewWarning {
  code: WarningCode;
  path: string[];
  message: string;
  /** The interviewer it is about, when it is about one. */
  userId: string | null;
}

const EARLIEST = 7 * 60;
const LATEST = 21 * 60;
const MIDNIGHT = 24 * 60;

/** The interview in an interviewer's own day: minutes since the midnight before its start, so the end may exceed a day. */
interface LocalSpan {
  weekday: number;
  start: number;
  end: number;
}

/** In a stable order: the request's own first, then interviewer by interviewer. */
export function warningsFor(creation: Creation): InterviewWarning[] {
  const { request, pathOf } = creation;
  const ignored = request.mode === "plan" && request.fields.scorecardTemplateId != null;
  const code = "SCORECARD_TEMPLATE_IGNORED";
  const own = { code, path: pathOf("scorecardTemplateId"), message: WARNINGS[code], userId: null } as const;
  return [...(ignored ? [own] : []), ...warningsOfTime(creation)];
}

/** Of each interviewer for whom the time is new. */
export function warningsOfTime(change: Change): InterviewWarning[] {
  const { before, schedule, references } = change;
  const { start, endsAt } = schedule;
  if (!start || !endsAt) return [];
  const moves = before === null || !isAt(before.interview, start.instant, endsAt);
  const users = moves ? references.interviewers : joining(change).map(({ index }) => references.interviewers[index]);
  return users.flatMap((user) => {
    if (!user) return [];
    const span = localSpan(start.instant, endsAt, user.timezone);
    const outside = !withinWorkingHours(span, user.workingHours);
    const unsociable = span.start < EARLIEST || span.end > LATEST;
    const codes: WarningCode[] = [
      ...(outside ? (["INTERVIEWER_OUTSIDE_WORKING_HOURS"] as const) : []),
      ...(unsociable ? (["INTERVIEWER_UNSOCIABLE_HOUR"] as const) : []),
    ];
    const path = change.pathOf("interviewerIds");
    return codes.map((code) => ({ code, path, message: WARNINGS[code], userId: user.id }));
  });
}

const isAt = ({ startsAt, endsAt }: Interview, start: Date, end: Date): boolean =>
  startsAt.getTime() === start.getTime() && endsAt.getTime() === end.getTime();

/** The end is read from the wall clock too, so that a change of clocks in between counts as the interviewer sees it. */
function localSpan(start: Date, end: Date, zone: string): LocalSpan {
  const from = wallClock(start, zone);
  const to = wallClock(end, zone);
  const nextDay = to.weekday !== from.weekday || to.minute <= from.minute;
  return { weekday: from.weekday, start: from.minute, end: to.minute + (nextDay ? MIDNIGHT : 0) };
}

/** Nobody who has told no working hours is outside them. Spans that touch count as one. */
function withinWorkingHours({ weekday, start, end }: LocalSpan, hours: User["workingHours"]): boolean {
  if (hours.length === 0) return true;
  const spans = hours.map((span) => {
    const day = ((span.weekday - weekday + 7) % 7) * MIDNIGHT;
    return { start: day + minuteOf(span.start), end: day + minuteOf(span.end) };
  });
  let covered = start;
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    if (span.start <= covered && span.end > covered) covered = span.end;
  }
  return covered >= end;
}

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return hours * 60 + minutes;
}
