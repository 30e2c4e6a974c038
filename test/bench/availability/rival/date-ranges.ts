import { DateTime } from "luxon";
import { GRID, MINUTE } from "../question.ts";
import type { FreeStart, Person, Question } from "../question.ts";

/** Ranges of Dates, as booking backends have them; a library of dates reads the wall clock of each day. */
interface DateRange {
  start: Date;
  end: Date;
}

export function freeStarts({ people, window, lengthMinutes }: Question): FreeStart[] {
  const whole = { start: new Date(window.start), end: new Date(window.end) };
  const slots = people.flatMap((person) =>
    slotsIn(freeRanges(person, whole), lengthMinutes).map((start) => ({ start, person: person.id })),
  );
  const byStart = Map.groupBy(slots, ({ start }) => start.getTime());
  return [...byStart]
    .map(([start, free]) => ({ start, people: free.map(({ person }) => person) }))
    .toSorted((one, other) => one.start - other.start);
}

function freeRanges(person: Person, whole: DateRange): DateRange[] {
  const busy = [...person.busy, ...person.interviews].map(({ start, end }) => ({
    start: new Date(start - person.bufferMinutes * MINUTE),
    end: new Date(end + person.bufferMinutes * MINUTE),
  }));
  const timeOff = person.timeOff.map(({ start, end }) => ({
    start: DateTime.fromISO(start, { zone: person.zone }).toJSDate(),
    end: DateTime.fromISO(end, { zone: person.zone }).toJSDate(),
  }));
  return subtract(intersect(workingRanges(person, whole), [whole]), merge([...busy, ...timeOff]));
}

function workingRanges({ hours, zone }: Person, whole: DateRange): DateRange[] {
  const ranges: DateRange[] = [];
  let day = DateTime.fromJSDate(whole.start, { zone }).startOf("day");
  for (; day.toMillis() < whole.end.getTime(); day = day.plus({ days: 1 })) {
    for (const { weekday, start, end } of hours) {
      if (day.weekday !== weekday) continue;
      ranges.push({ start: onDay(day, start), end: onDay(day, end) });
    }
  }
  return merge(ranges);
}

function onDay(day: DateTime, clock: string): Date {
  const [hour = 0, minute = 0] = clock.split(":").map(Number);
  return day.set({ hour, minute }).toJSDate();
}

function merge(ranges: DateRange[]): DateRange[] {
  const merged: DateRange[] = [];
  for (const range of ranges.toSorted((one, other) => one.start.getTime() - other.start.getTime())) {
    const last = merged.at(-1);
    if (last && range.start <= last.end) merged.splice(-1, 1, { start: last.start, end: later(last.end, range.end) });
    else merged.push(range);
  }
  return merged;
}

function intersect(ones: DateRange[], others: DateRange[]): DateRange[] {
  return ones.flatMap((one) =>
    others.flatMap((other) => {
      const common = { start: later(one.start, other.start), end: earlier(one.end, other.end) };
      return common.start < common.end ? [common] : [];
    }),
  );
}

function subtract(ranges: DateRange[], taken: DateRange[]): DateRange[] {
  return ranges.flatMap(({ start, end }) => {
    const left: DateRange[] = [];
    let from = start;
    for (const gone of taken.filter((range) => range.start < end && range.end > start)) {
      if (gone.start > from) left.push({ start: from, end: gone.start });
      from = later(from, gone.end);
    }
    return from < end ? [...left, { start: from, end }] : left;
  });
}

function slotsIn(ranges: DateRange[], lengthMinutes: number): Date[] {
  return ranges.flatMap(({ start, end }) => {
    const slots: Date[] = [];
    let at = new Date(Math.ceil(start.getTime() / GRID) * GRID);
    while (at.getTime() + lengthMinutes * MINUTE <= end.getTime()) {
      slots.push(at);
      at = new Date(at.getTime() + GRID);
    }
    return slots;
  });
}

const later = (one: Date, other: Date) => (one > other ? one : other);
const earlier = (one: Date, other: Date) => (one < other ? one : other);
