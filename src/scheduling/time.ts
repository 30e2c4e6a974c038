import { isOnQuarterHour, isTimeZone, parseTime, toLocal } from "../core/zone.ts";
import type { ZonedTime } from "../core/zone.ts";
import { finding } from "../interview/finding.ts";
import type { Finding, FindingCode } from "../interview/finding.ts";
import type { Interview } from "../interview/load.ts";

const MIN_MINUTES = 5;
const MAX_MINUTES = 1440;
const MINUTE = 60_000;

/** When an interview is held; null where it could not be judged. */
export interface Schedule {
  start: ZonedTime | null;
  durationMinutes: number | null;
  endsAt: Date | null;
  findings: Finding[];
}

/** What was sent of a time, and what stays where nothing was sent. */
export interface TimeRequest {
  /** Null when the start stays. */
  startTime: string | null;
  timezone: string;
  /** The length that was sent, inherited or stored; null when there is none. */
  durationMinutes: number | null;
  /** Wins over the length. */
  endTime: string | null;
  pathOf: (field: "startTime" | "timezone" | "durationMinutes" | "endTime") => string[];
  now: Date;
  /** The interview as it is; null when it is new. */
  before: Pick<Interview, "startsAt" | "endsAt"> | null;
}

/** Reads start and length of a request. What follows from a refused value is not judged. */
export function judgeSchedule(request: TimeRequest): Schedule {
  const zone = isTimeZone(request.timezone) ? request.timezone : null;
  const start = judgeStart(request, zone);
  const length = judgeLength(request, { start: start.time, zone });
  const zoneFindings = zone ? [] : [finding("ERR_INVALID_TIMEZONE", request.pathOf("timezone"))];
  return {
    start: start.time,
    durationMinutes: length.minutes,
    endsAt: endOf(start.time, length.minutes),
    findings: [...zoneFindings, ...start.findings, ...length.findings],
  };
}

interface JudgedStart {
  time: ZonedTime | null;
  findings: Finding[];
}

/** Without a zone only the notation can be judged. A start that stays is not judged at all. */
function judgeStart({ startTime, before, now, pathOf }: TimeRequest, zone: string | null): JudgedStart {
  if (startTime === null) return { time: before && zone ? zoned(before.startsAt, zone) : null, findings: [] };
  const path = pathOf("startTime");
  const read = parseTime(startTime, zone ?? "UTC");
  if (!read.ok) return { time: null, findings: [finding("ERR_INVALID_ISO_8601", path, read.reason)] };
  if (!zone) return { time: null, findings: [] };
  const { instant } = read.time;
  if (before && before.startsAt.getTime() === instant.getTime()) return { time: read.time, findings: [] };
  const findings: Finding[] = [];
  if (!isOnQuarterHour(instant, zone)) findings.push(finding("ERR_START_TIME_NOT_ALIGNED", path));
  const past = pastCode(before, now);
  if (past && instant <= now) findings.push(finding(past, path));
  return { time: read.time, findings };
}

/** An interview that has ended may be corrected to when it was really held. */
function pastCode(before: TimeRequest["before"], now: Date): FindingCode | null {
  if (before === null) return "ERR_START_TIME_IN_PAST";
  return before.endsAt <= now ? null : "ERR_START_TIME_LESS_THAN_CURRENT_TIME";
}

const zoned = (instant: Date, zone: string): ZonedTime => ({ instant, local: toLocal(instant, zone) });

function judgeLength(
  { durationMinutes, endTime, pathOf }: TimeRequest,
  { start, zone }: { start: ZonedTime | null; zone: string | null },
): { minutes: number | null; findings: Finding[] } {
  if (endTime === null) {
    if (durationMinutes === null) return { minutes: null, findings: [] };
    if (inRange(durationMinutes)) return { minutes: durationMinutes, findings: [] };
    return { minutes: null, findings: [finding("ERR_DURATION_OUT_OF_RANGE", pathOf("durationMinutes"))] };
  }
  const path = pathOf("endTime");
  const end = parseTime(endTime, zone ?? "UTC");
  if (!end.ok) return { minutes: null, findings: [finding("ERR_INVALID_ISO_8601", path, end.reason)] };
  if (!start) return { minutes: null, findings: [] };
  const minutes = (end.time.instant.getTime() - start.instant.getTime()) / MINUTE;
  if (minutes <= 0) return { minutes: null, findings: [finding("ERR_END_TIME_BEFORE_START_TIME", path)] };
  if (!inRange(minutes)) return { minutes: null, findings: [finding("ERR_DURATION_OUT_OF_RANGE", path)] };
  return { minutes, findings: [] };
}

function endOf(start: ZonedTime | null, minutes: number | null): Date | null {
  return start && minutes !== null ? new Date(start.instant.getTime() + minutes * MINUTE) : null;
}

/** Whether an interview may be so long. */
export const inRange = (minutes: number) =>
  Number.isInteger(minutes) && minutes >= MIN_MINUTES && minutes <= MAX_MINUTES;
