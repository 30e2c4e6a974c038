import * as fc from "fast-check";
import { expect, test } from "vitest";
import { REASONS } from "../../src/availability/blocks.ts";
import type { Block } from "../../src/availability/blocks.ts";
import { GRID, Starts } from "../../src/availability/slots.ts";
import type { Meeting, Participant } from "../../src/availability/slots.ts";

const MINUTE = 60_000;
const WINDOW = { start: Date.parse("2027-03-01T08:05Z"), end: Date.parse("2027-03-01T14:00Z") };
const minute = (count: number) => WINDOW.start + count * MINUTE;

const block: fc.Arbitrary<Block> = fc
  .record({
    from: fc.integer({ min: 0, max: 350 }),
    length: fc.integer({ min: 1, max: 120 }),
    reason: fc.constantFrom(...REASONS),
  })
  .map(({ from, length, reason }) => ({
    start: minute(from),
    end: Math.min(WINDOW.end, minute(from + length)),
    reason,
    interviewId: null,
  }))
  .filter(({ start, end }) => start < end);
const scenario = fc.record({
  need: fc.constantFrom("all", "one", "two of them"),
  length: fc.constantFrom(5, 20, 30, 45, 60, 100).map((minutes) => minutes * MINUTE),
  organizer: fc.constantFrom("free", "not asked", "interviews", "interviews and must be free"),
  people: fc.array(fc.array(block, { maxLength: 4 }), { minLength: 1, maxLength: 4 }),
});

function participantsOf({ organizer, people }: { organizer: string; people: Block[][] }): Participant[] {
  const interviewers = people.map((blocks, index) => ({
    userId: `user-${index}`,
    required: index === 0 && organizer === "interviews and must be free",
    interviewer: true,
    blocks,
  }));
  return organizer === "free"
    ? [{ userId: "organizer", required: true, interviewer: false, blocks: people[0] ?? [] }, ...interviewers]
    : interviewers;
}

/** Read off the definition: whether a person can take part in a meeting that begins then. */
function stateAt({ blocks }: Participant, start: number, length: number): "free" | "unknown" | "blocked" {
  const limits = ["LIMIT_PER_DAY", "LIMIT_PER_WEEK"];
  const touching = blocks.filter((one) =>
    limits.includes(one.reason) ? one.start <= start && start < one.end : one.start < start + length && one.end > start,
  );
  if (touching.some(({ reason }) => reason !== "UNKNOWN")) return "blocked";
  return touching.length > 0 ? "unknown" : "free";
}

/** Whether the meeting can take place when these can take part. */
function possible(need: number, participants: readonly Participant[], able: (one: Participant) => boolean) {
  const interviewers = participants.filter(({ interviewer }) => interviewer);
  return participants.filter(({ required }) => required).every(able) && interviewers.filter(able).length >= need;
}

test("slots, summary and obstacles are those that each start gives when it is asked by itself", () => {
  fc.assert(
    fc.property(scenario, ({ need: asked, length, ...rest }) => {
      const participants = participantsOf(rest);
      const need = asked === "all" ? rest.people.length : Math.min(asked === "one" ? 1 : 2, rest.people.length);
      const starts = new Starts({ window: WINDOW, need, length }, participants);
      const grid: number[] = [];
      for (let at = Math.ceil(WINDOW.start / GRID) * GRID; at + length <= WINDOW.end; at += GRID) grid.push(at);
      const able = (at: number) => (one: Participant) => stateAt(one, at, length) !== "blocked";
      const sure = (at: number) => (one: Participant) => stateAt(one, at, length) === "free";
      const certain = grid.filter((at) => possible(need, participants, sure(at)));
      const perhaps = grid.filter((at) => possible(need, participants, able(at)));

      expect(starts.starts({ includeUnknown: false })).toEqual(certain);
      expect(starts.starts({ includeUnknown: true })).toEqual(perhaps);
      expect(starts.summary()).toMatchObject({
        candidateStarts: grid.length,
        freeStarts: certain.length,
        unknownStarts: perhaps.length - certain.length,
      });
      for (const { start, end, interviewers, unknown } of perhaps.map((at) => starts.slotAt(at))) {
        expect(end - start).toBe(length);
        const named = participants.filter(({ userId }) => interviewers.includes(userId));
        expect(named.every(able(start))).toBe(true);
        expect(unknown.toSorted()).toEqual(
          participants
            .filter((one) => (interviewers.includes(one.userId) || one.required) && !sure(start)(one))
            .map(({ userId }) => userId)
            .toSorted(),
        );
      }
      for (const { reason, starts: count } of starts.summary().reasons) {
        const stands = (at: number) =>
          participants.some(
            (one) =>
              stateAt({ ...one, blocks: one.blocks.filter((of) => of.reason === reason) }, at, length) !== "free",
          );
        expect(count, reason).toBe(grid.filter(stands).length);
      }
      expect(starts.people()).toEqual(
        participants.map((person) => ({
          freeStarts: grid.filter((at) => sure(at)(person)).length,
          soleObstacleOf: grid.filter((at) => {
            if (possible(need, participants, able(at))) return false;
            const helps = participants.filter((other) =>
              possible(need, participants, (one) => one === other || able(at)(one)),
            );
            return helps.length === 1 && helps[0] === person;
          }).length,
        })),
      );
    }),
    { numRuns: 300 },
  );
});

const day = (from: string, to: string) => ({ start: Date.parse(from), end: Date.parse(to) });
const free = (window: Meeting["window"], minutes: number, blocks: Block[] = []) => {
  const person = { userId: "ada", required: false, interviewer: true, blocks };
  const meeting = { window, need: 1, length: minutes * MINUTE };
  return new Starts(meeting, [person])
    .starts({ includeUnknown: false })
    .map((start) => new Date(start).toISOString().slice(11, 16));
};

test("20 minutes between 9:00 and 16:45 start at 16:15 at the latest", () => {
  expect(free(day("2027-03-01T09:00Z", "2027-03-01T16:45Z"), 20).at(-1)).toBe("16:15");
});

test("60 minutes that end at midnight and those that pass it are offered", () => {
  expect(free(day("2027-03-01T22:30Z", "2027-03-02T02:00Z"), 60)).toContain("23:30");
});

test("after a meeting to 9:15 with a buffer of 30 minutes the first start is 9:45, in a window from 9:20", () => {
  const buffer = { start: Date.parse("2027-03-01T08:45Z"), end: Date.parse("2027-03-01T09:45Z") };
  const blocks: Block[] = [{ ...buffer, reason: "BUFFER", interviewId: null }];
  expect(free(day("2027-03-01T09:20Z", "2027-03-01T12:00Z"), 60, blocks)[0]).toBe("09:45");
});

test("a window that is too short has no starts", () => {
  expect(free(day("2027-03-01T09:00Z", "2027-03-01T09:50Z"), 60)).toEqual([]);
});
