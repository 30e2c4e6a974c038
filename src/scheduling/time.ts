import { isOnQuarterHour, isTimeZone, parseTime } from "../core/zone.ts";
import type { ZonedTime } from "../core/zone.ts";
import type { Configuration } from "./inherit.ts";
import { finding } from "../interview/finding.ts";
import type { Finding } from "../interview/finding.ts";
import { modePath } from "./request.ts";
import type { CreateRequest } from "./request.ts";

const SHORTEST = 5;
const LONGEST = 1440;
const MINUTE = 60_000;
const START = ["input", "startTime"];

/** When an interview is held; `null` stands for what could not be judged. */
export interface Schedule {
  start: ZonedTime | null;
  durationMinutes: number | null;
  endsAt: Date | null;
  findings: Finding[];
}

/** Reads start and length of a request. `endTime` wins over a length; what follows from a refused value is not judged. */
export function judgeSchedule(request: CreateRequest, configuration: Configuration, now: Date): Schedule {
  const zone = isTimeZone(request.timezone) ? request.timezone : null;
  const start = judgeStart(request, zone, now);
  const length = judgeLength(request, configuration, { start: start.time, zone });
  const zoneFindings = zone ? [] : [finding("ERR_INVALID_TIMEZONE", ["input", "timezone"])];
  return {
    start: start.time,
    durationMinutes: length.minutes,
    endsAt: endOf(start.time, length.minutes),
    findings: [...zoneFindings, ...start.findings, ...length.findings],
  };
}

/** Without a zone only the notation can be judged. */
function judgeStart(request: CreateRequest, zone: string | null, now: Date) {
  const read = parseTime(request.startTime, zone ?? "UTC");
  if (!read.ok) return { time: null, findings: [finding("ERR_INVALID_ISO_8601", START, read.reason)] };
  if (!zone) return { time: null, findings: [] };
  const findings: Finding[] = [];
  if (!isOnQuarterHour(read.time.instant, zone)) findings.push(finding("ERR_START_TIME_NOT_ALIGNED", START));
  if (read.time.instant <= now) findings.push(finding("ERR_START_TIME_IN_PAST", START));
  return { time: read.time, findings };
}

function judgeLength(
  request: CreateRequest,
  { durationMinutes }: Configuration,
  { start, zone }: { start: ZonedTime | null; zone: string | null },
): { minutes: number | null; findings: Finding[] } {
  const { endTime } = request.fields;
  if (endTime == null) {
    const path = modePath(request, "durationMinutes");
    if (durationMinutes === null) return { minutes: null, findings: [] };
    if (inRange(durationMinutes)) return { minutes: durationMinutes, findings: [] };
    return { minutes: null, findings: [finding("ERR_DURATION_OUT_OF_RANGE", path)] };
  }
  const path = modePath(request, "endTime");
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

const inRange = (minutes: number) => Number.isInteger(minutes) && minutes >= SHORTEST && minutes <= LONGEST;
