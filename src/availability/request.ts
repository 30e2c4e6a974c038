import type { SentIds } from "../core/id.ts";
import { hasOffset, isTimeZone, parseTime } from "../core/zone.ts";
import type { ParsedTime } from "../core/zone.ts";
import { finding } from "../interview/finding.ts";
import type { Finding } from "../interview/finding.ts";
import type { Interview, InterviewKind } from "../interview/load.ts";
import type { User } from "../people/load.ts";
import { inRange } from "../scheduling/time.ts";

/** A request to find times, with the ids of the tables. */
export interface SearchRequest {
  /** The ids as they were sent. */
  ids: SentIds;
  organizerId: string;
  /** Each of them once. */
  interviewerIds: string[];
  kind: InterviewKind;
  durationMinutes: number;
  timezone: string;
  /** Null for now. */
  from: string | null;
  /** Null for a week after `from`. */
  to: string | null;
  organizerMustBeFree: boolean;
  withinWorkingHours: boolean;
  bufferMinutes: number;
  minimumNoticeMinutes: number;
  ignoredInterviewIds: string[];
}

/** What the request refers to; null stands for an id that nothing visible has. */
export interface References {
  organizer: User | null;
  interviewers: readonly (User | null)[];
  ignoredInterviews: readonly (Interview | null)[];
}

export interface JudgedRequest {
  /** In milliseconds since 1970; meaningless beside findings. */
  window: { start: number; end: number };
  findings: Finding[];
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const DEFAULT_WINDOW = 7 * DAY;
const MAX_WINDOW_DAYS = 30;
export const MAX_INTERVIEWERS = 10;
export const MAX_BUFFER_MINUTES = 240;
const MAX_NOTICE_MINUTES = 30 * 24 * 60;

const at = (field: keyof SearchRequest | "ignoreInterviewIds") => ["input", field];

/** Finds every fault of a request at once. */
export function judgeRequest(request: SearchRequest, references: References, now: Date): JudgedRequest {
  const { window, findings } = judgeWindow(request, now);
  return {
    window,
    findings: [
      ...judgePeople(request, references),
      ...judgeLength(request),
      ...findings,
      ...judgeRest(request, references),
    ],
  };
}

function judgePeople({ ids, organizerId, interviewerIds }: SearchRequest, references: References): Finding[] {
  const findings: Finding[] = [];
  if (!references.organizer?.active) {
    findings.push(finding("ERR_ORGANIZER_NOT_FOUND", at("organizerId"), ids.explain("User", organizerId)));
  }
  const unknown = interviewerIds.filter((_, index) => !references.interviewers[index]?.active);
  if (interviewerIds.length === 0) findings.push(finding("ERR_INTERVIEWER_IDS_REQUIRED", at("interviewerIds")));
  if (unknown.length > 0) {
    const particulars = unknown.map((id) => ids.explain("User", id)).join(" ");
    findings.push(finding("ERR_INTERVIEWERS_NOT_FOUND", at("interviewerIds"), particulars));
  }
  if (interviewerIds.length > MAX_INTERVIEWERS) {
    findings.push(finding("ERR_TOO_MANY_INTERVIEWERS", at("interviewerIds"), `Sent: ${interviewerIds.length}.`));
  }
  return findings;
}

function judgeLength({ durationMinutes }: SearchRequest): Finding[] {
  return inRange(durationMinutes) ? [] : [finding("ERR_DURATION_OUT_OF_RANGE", at("durationMinutes"))];
}

function judgeWindow({ timezone, from, to }: SearchRequest, now: Date): JudgedRequest {
  const zone = isTimeZone(timezone) ? timezone : null;
  const findings: Finding[] = [];
  const read = (text: string | null, field: "from" | "to"): ParsedTime | null => {
    const time = text === null ? null : parseTime(text, zone ?? "UTC");
    if (time && !time.ok) findings.push(finding("ERR_INVALID_ISO_8601", at(field), time.reason));
    return time;
  };
  const [first, last] = [read(from, "from"), read(to, "to")];
  const start = instantOf(first) ?? now.getTime();
  const end = instantOf(last) ?? start + DEFAULT_WINDOW;
  // What follows from an unreadable time or zone is not judged.
  const known = zone !== null || [from, to].every((text) => text === null || hasOffset(text));
  if (known && findings.length === 0) findings.push(...judgeOrder({ start, end }, { first, last }));
  if (!zone) findings.unshift(finding("ERR_INVALID_TIMEZONE", at("timezone")));
  return { window: { start, end }, findings };
}

function judgeOrder(
  { start, end }: JudgedRequest["window"],
  { first, last }: { first: ParsedTime | null; last: ParsedTime | null },
): Finding[] {
  if (end <= start) {
    const field = last ? "to" : "from";
    return [finding("ERR_END_TIME_BEFORE_START_TIME", at(field))];
  }
  // Thirty days of the calendar may have an hour more than thirty times 24.
  const onTheWall = first?.ok && last?.ok ? wallOf(last) - wallOf(first) : end - start;
  const isLong = Math.min(end - start, onTheWall) > MAX_WINDOW_DAYS * DAY;
  return isLong ? [finding("ERR_WINDOW_TOO_LONG", at("to"))] : [];
}

const instantOf = (time: ParsedTime | null): number | undefined => (time?.ok ? time.time.instant.getTime() : undefined);
const wallOf = ({ time }: Extract<ParsedTime, { ok: true }>): number => Date.parse(`${time.local}Z`);

function judgeRest(request: SearchRequest, { ignoredInterviews }: References): Finding[] {
  const { ids, bufferMinutes, minimumNoticeMinutes, ignoredInterviewIds } = request;
  const findings: Finding[] = [];
  const judgeMinutes = (field: "bufferMinutes" | "minimumNoticeMinutes", minutes: number, max: number) => {
    if (minutes >= 0 && minutes <= max) return;
    findings.push(finding("ERR_MINUTES_OUT_OF_RANGE", at(field), `Send 0 to ${max}.`));
  };
  judgeMinutes("bufferMinutes", bufferMinutes, MAX_BUFFER_MINUTES);
  judgeMinutes("minimumNoticeMinutes", minimumNoticeMinutes, MAX_NOTICE_MINUTES);
  const unknown = ignoredInterviewIds.filter((_, index) => !ignoredInterviews[index]);
  if (unknown.length > 0) {
    const particulars = unknown.map((id) => ids.explain("Interview", id)).join(" ");
    findings.push(finding("ERR_INTERVIEWS_NOT_FOUND", at("ignoreInterviewIds"), particulars));
  }
  return findings;
}
