import type { SentIds } from "../core/id.ts";
import { hasOffset, isTimeZone, parseTime } from "../core/zone.ts";
import type { ParsedTime } from "../core/zone.ts";
import { finding } from "../interview/finding.ts";
import type { Finding } from "../interview/finding.ts";
import type { Interview, InterviewKind } from "../interview/load.ts";
import type { User } from "../people/load.ts";
import { inRange } from "../scheduling/time.ts";

/** What is asked of one interview and of a loop alike, with the ids of the tables. */
export interface WindowRequest {
  /** The ids as they were sent. */
  ids: SentIds;
  organizerId: string;
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

/** A request to find times for one interview. */
export interface SearchRequest extends WindowRequest {
  /** Each of them once. */
  interviewerIds: string[];
  kind: InterviewKind;
  durationMinutes: number;
}

/** What the request refers to; null stands for an id that nothing visible has. */
export interface References {
  organizer: User | null;
  /** By their ids. */
  interviewers: ReadonlyMap<string, User | null>;
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

const at = (...fields: string[]) => ["input", ...fields];

/** Finds every fault of a request at once. */
export function judgeRequest(request: SearchRequest, references: References, now: Date): JudgedRequest {
  const { interviewerIds, durationMinutes } = request;
  return judgeAround(request, { references, now }, [
    ...judgeInterviewers(interviewerIds, request, { references, path: at("interviewerIds") }),
    ...judgeLength(durationMinutes, at("durationMinutes")),
  ]);
}

/** @param findings of what is asked for, which are told after those of the organizer */
export function judgeAround(
  request: WindowRequest,
  { references, now }: { references: References; now: Date },
  findings: readonly Finding[],
): JudgedRequest {
  const judged = judgeWindow(request, now);
  return {
    window: judged.window,
    findings: [
      ...judgeOrganizer(request, references),
      ...findings,
      ...judged.findings,
      ...judgeRest(request, references),
    ],
  };
}

function judgeOrganizer({ ids, organizerId }: WindowRequest, { organizer }: References): Finding[] {
  if (organizer?.active) return [];
  return [finding("ERR_ORGANIZER_NOT_FOUND", at("organizerId"), ids.explain("User", organizerId))];
}

export function judgeInterviewers(
  interviewerIds: readonly string[],
  { ids }: WindowRequest,
  { references, path }: { references: References; path: string[] },
): Finding[] {
  const findings: Finding[] = [];
  const unknown = interviewerIds.filter((id) => !references.interviewers.get(id)?.active);
  if (interviewerIds.length === 0) findings.push(finding("ERR_INTERVIEWER_IDS_REQUIRED", path));
  if (unknown.length > 0) {
    const particulars = unknown.map((id) => ids.explain("User", id)).join(" ");
    findings.push(finding("ERR_INTERVIEWERS_NOT_FOUND", path, particulars));
  }
  if (interviewerIds.length > MAX_INTERVIEWERS) {
    findings.push(finding("ERR_TOO_MANY_INTERVIEWERS", path, `Sent: ${interviewerIds.length}.`));
  }
  return findings;
}

export function judgeLength(durationMinutes: number, path: string[]): Finding[] {
  return inRange(durationMinutes) ? [] : [finding("ERR_DURATION_OUT_OF_RANGE", path)];
}

/** @param bounds of a number of minutes */
export function judgeMinutes(
  minutes: number,
  path: string[],
  { min = 0, max }: { min?: number; max: number },
): Finding[] {
  if (minutes >= min && minutes <= max) return [];
  return [finding("ERR_MINUTES_OUT_OF_RANGE", path, `Send ${min} to ${max}.`)];
}

function judgeWindow({ timezone, from, to }: WindowRequest, now: Date): JudgedRequest {
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

function judgeRest(request: WindowRequest, { ignoredInterviews }: References): Finding[] {
  const { ids, bufferMinutes, minimumNoticeMinutes, ignoredInterviewIds } = request;
  const findings = [
    ...judgeMinutes(bufferMinutes, at("bufferMinutes"), { max: MAX_BUFFER_MINUTES }),
    ...judgeMinutes(minimumNoticeMinutes, at("minimumNoticeMinutes"), { max: MAX_NOTICE_MINUTES }),
  ];
  const unknown = ignoredInterviewIds.filter((_, index) => !ignoredInterviews[index]);
  if (unknown.length > 0) {
    const particulars = unknown.map((id) => ids.explain("Interview", id)).join(" ");
    findings.push(finding("ERR_INTERVIEWS_NOT_FOUND", at("ignoreInterviewIds"), particulars));
  }
  return findings;
}
