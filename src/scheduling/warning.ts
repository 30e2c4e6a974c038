import type { Interview } from "../interview/load.ts";
import { everyDay, isAtWork, isWithinHours } from "../people/working-time.ts";
import { joining } from "./change.ts";
import type { Change } from "./change.ts";

/** Every warning, and when it is given. */
export const WARNINGS = {
  SCORECARD_TEMPLATE_IGNORED:
    "A scorecard template was sent for a plan-driven interview, whose scorecard is its stage activity's.",
  INTERVIEWER_OUTSIDE_WORKING_HOURS:
    "Part of the interview lies outside the working hours of an interviewer, or in their time off.",
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

const SOCIABLE_HOURS = everyDay({ start: "07:00", end: "21:00" });

/** Of each interviewer for whom the time is new. */
export function warningsOfTime(change: Change): InterviewWarning[] {
  const { before, schedule, references } = change;
  const { start, endsAt } = schedule;
  if (!start || !endsAt) return [];
  const moves = before === null || !isAt(before.interview, start.instant, endsAt);
  const span = { start: start.instant.getTime(), end: endsAt.getTime() };
  const users = moves ? references.interviewers : joining(change).map(({ index }) => references.interviewers[index]);
  return users.flatMap((user) => {
    if (!user) return [];
    const outside = !isAtWork(user, span);
    const unsociable = !isWithinHours(SOCIABLE_HOURS, user.timezone, span);
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
