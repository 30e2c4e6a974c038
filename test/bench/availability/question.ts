import { encodeId, stableId } from "../../../src/core/id.ts";
import type { Span } from "../../../src/core/interval.ts";

/** Somebody's rules and what they are busy with. */
export interface Person {
  id: string;
  zone: string;
  /** ISO weekdays with spans of the wall clock. */
  hours: readonly { weekday: number; start: string; end: string }[];
  /** Spans of the wall clock, `YYYY-MM-DDTHH:MM`. */
  timeOff: readonly { start: string; end: string }[];
  /** Of their calendar. */
  busy: readonly Span[];
  interviews: readonly Span[];
  bufferMinutes: number;
}

/** Who of these people can interview when. */
export interface Question {
  people: readonly Person[];
  window: Span;
  lengthMinutes: number;
}

/** A start on a quarter of an hour, and who is free from it to the end of the interview. */
export interface FreeStart {
  start: number;
  people: string[];
}

/** The account of the gateway that is measured, which has twelve such people. */
export const ACCOUNT = "bench";
export const MINUTE = 60_000;
export const GRID = 15 * MINUTE;
export const DAY = 24 * 60 * MINUTE;
const WEEKDAYS = 5;
const LENGTH_MINUTES = 45;
const BUFFER_MINUTES = 10;
const ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Los_Angeles"];
/** The first of March of next year: within thirty days of it clocks change in Europe and in America. */
export const START = Date.UTC(new Date().getUTCFullYear() + 1, 2, 1);

/** Full weeks of people in five zones: three meetings on a working day, an interview on every other one, three days off. */
export function questionOf({ people, days }: { people: number; days: number }): Question {
  return {
    people: Array.from({ length: people }, (_, index) => personOf(index, days)),
    window: { start: START, end: START + days * DAY },
    lengthMinutes: LENGTH_MINUTES,
  };
}

function personOf(index: number, days: number): Person {
  const random = randomOf(index);
  const workdays = Array.from({ length: days }, (_, day) => START + day * DAY).filter(
    (day) => new Date(day).getUTCDay() % 6 !== 0,
  );
  const someTime = (day: number, longest: number, past = 0): Span => {
    const start = day + (8 * 4 + random(12 * 4)) * GRID + past * MINUTE;
    return { start, end: start + (1 + random(longest)) * GRID };
  };
  const off = dateOf(START + (3 + random(Math.max(1, days - 6))) * DAY);
  return {
    id: stableId(ACCOUNT, "user", `extra-${index}`),
    zone: ZONES[index % ZONES.length] ?? "UTC",
    hours: Array.from({ length: WEEKDAYS }, (_, day) => day + 1).flatMap((weekday) => [
      { weekday, start: "09:00", end: "12:30" },
      { weekday, start: "13:15", end: "17:30" },
    ]),
    timeOff: [{ start: `${off}T00:00`, end: `${dateOf(Date.parse(off) + 3 * DAY)}T00:00` }],
    busy: workdays.flatMap((day) => [someTime(day, 4), someTime(day, 4), someTime(day, 4, 5)]),
    interviews: workdays.filter((_, day) => day % 2 === index % 2).map((day) => someTime(day, 3)),
    bufferMinutes: BUFFER_MINUTES,
  };
}

const dateOf = (instant: number) => new Date(instant).toISOString().slice(0, "YYYY-MM-DD".length);

/** The same numbers in every process, below a bound. */
function randomOf(seed: number): (bound: number) => number {
  let state = seed + 1;
  return (bound) => {
    state = Math.imul(state, 48_271) % 2_147_483_647;
    return Math.abs(state >> 8) % bound;
  };
}

export const userId = (person: Person): string => encodeId("User", person.id);
