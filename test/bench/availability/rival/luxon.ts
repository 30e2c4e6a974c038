import { DateTime, Interval } from "luxon";
import { GRID, MINUTE } from "../question.ts";
import type { FreeStart, Person, Question } from "../question.ts";

/** As one writes it first: a DateTime for each person and day, hours as intervals, less what makes somebody busy. */
export function freeStarts({ people, window, lengthMinutes }: Question): FreeStart[] {
  const length = lengthMinutes * MINUTE;
  const byStart = new Map<number, string[]>();
  for (const person of people) {
    for (const free of freeIntervals(person, window)) {
      const end = free.end?.toMillis() ?? 0;
      for (let at = Math.ceil((free.start?.toMillis() ?? 0) / GRID) * GRID; at + length <= end; at += GRID) {
        byStart.set(at, [...(byStart.get(at) ?? []), person.id]);
      }
    }
  }
  return [...byStart].toSorted(([one], [other]) => one - other).map(([start, people]) => ({ start, people }));
}

function freeIntervals(person: Person, window: Question["window"]): Interval[] {
  const { zone } = person;
  const buffer = { minutes: person.bufferMinutes };
  const at = (instant: number) => DateTime.fromMillis(instant, { zone });
  const busy = Interval.merge([
    ...[...person.busy, ...person.interviews].map(({ start, end }) =>
      Interval.fromDateTimes(at(start).minus(buffer), at(end).plus(buffer)),
    ),
    ...person.timeOff.map(({ start, end }) =>
      Interval.fromDateTimes(DateTime.fromISO(start, { zone }), DateTime.fromISO(end, { zone })),
    ),
  ]);
  const whole = Interval.fromDateTimes(at(window.start), at(window.end));
  return workingIntervals(person, whole).flatMap((working) => {
    const inside = working.intersection(whole);
    return inside?.difference(...busy.filter((span) => span.overlaps(inside))) ?? [];
  });
}

function workingIntervals({ hours, zone }: Person, whole: Interval): Interval[] {
  const intervals: Interval[] = [];
  let day = (whole.start ?? DateTime.invalid("no window")).setZone(zone).startOf("day");
  for (; whole.end && day < whole.end; day = day.plus({ days: 1 })) {
    for (const { weekday, start, end } of hours) {
      if (day.weekday !== weekday) continue;
      intervals.push(Interval.fromDateTimes(onDay(day, start), onDay(day, end)));
    }
  }
  return Interval.merge(intervals);
}

function onDay(day: DateTime, clock: string): DateTime {
  const [hour = 0, minute = 0] = clock.split(":").map(Number);
  return day.set({ hour, minute });
}
