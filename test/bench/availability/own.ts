import { findPeople } from "../../../src/availability/find-people.ts";
import type { Question as Asked } from "../../../src/availability/find-people.ts";
import { Found, toBlock } from "../../../src/availability/found.ts";
import { findSequences } from "../../../src/availability/sequence.ts";
import type { AvailabilitySearch } from "../../../src/availability/load.ts";
import { Starts } from "../../../src/availability/slots.ts";
import type { User } from "../../../src/people/load.ts";
import { DAY, GRID, MINUTE, START } from "./question.ts";
import type { FreeStart, Person, Question } from "./question.ts";

/** Limits are no part of what is compared: only the gateway has them. */
export interface Rules {
  maxPerDay: number | null;
}

/** What the gateway would have read of the people. */
export function factsOf(question: Question, { maxPerDay }: Rules = { maxPerDay: null }) {
  const { people } = question;
  return {
    users: people.map((person) => userOf(person, maxPerDay)),
    snapshot: {
      seats: new Map(people.map(({ id, interviews }) => [id, { seats: seatsOf(id, interviews), ignored: [] }])),
      answers: new Map(people.map(({ id, busy }) => [id, { answer: "ANSWERED" as const, busy }])),
    },
    now: new Date(START - DAY),
  };
}

export type Facts = ReturnType<typeof factsOf>;

const seatsOf = (id: string, spans: Person["interviews"]) =>
  spans.map((span, index) => ({ ...span, interviewId: `${id}/${index}` }));

function userOf(person: Person, maxPerDay: number | null): User {
  return {
    accountId: "",
    id: person.id,
    externalId: person.id,
    name: "",
    email: "",
    role: "ORGANIZATION_MEMBER",
    timezone: person.zone,
    workingHours: [...person.hours],
    workingHoursOverrides: [],
    timeOff: [...person.timeOff],
    maxInterviewsPerDay: maxPerDay,
    maxInterviewsPerWeek: null,
    bufferMinutes: person.bufferMinutes,
    active: true,
    calendarAddress: person.id,
    zoomSeat: null,
    createdAt: new Date(START),
  };
}

const askedOf = ({ people, window }: Question): Asked => ({
  organizerId: people.at(-1)?.id ?? "",
  interviewerIds: people.slice(0, -1).map(({ id }) => id),
  organizerMustBeFree: true,
  startsAt: new Date(window.start),
  endsAt: new Date(window.end),
  withinWorkingHours: true,
  bufferMinutes: 0,
  minimumNoticeMinutes: 0,
  ignoredInterviewIds: [],
});

/** Everybody's blocks with their reasons, and from them the starts at which somebody is free. */
export function freeStarts(question: Question, facts: Facts): FreeStart[] {
  const people = findPeople(askedOf(question), facts);
  const starts = new Starts(
    { window: question.window, kind: "ONE_ON_ONE", length: question.lengthMinutes * MINUTE },
    people.map(({ userId, blocks }) => ({
      userId,
      required: false,
      interviewer: true,
      blocks: blocks.map(toBlock),
    })),
  );
  return starts.starts({ includeUnknown: false }).map((start) => {
    return { start, people: starts.slotAt(start).interviewers };
  });
}

/**
 * All that is computed of a search and its result: blocks, the summary, each person's, and a page of slots. The last of the
 * people organizes.
 * @returns how many starts are free
 */
export function search(question: Question, facts: Facts): number {
  const asked = askedOf(question);
  const found = new Found({
    ...asked,
    accountId: "",
    id: "search",
    userId: null,
    kind: "ONE_ON_ONE",
    durationMinutes: question.lengthMinutes,
    timezone: "UTC",
    state: "SUCCEEDED",
    people: findPeople(asked, facts),
    asOfCursor: "",
    errorCode: null,
    errorMessage: null,
    createdAt: facts.now,
    completedAt: facts.now,
  } satisfies AvailabilitySearch);
  found.people();
  found.page(false, { first: 20 });
  return found.summary().freeStarts;
}

export const LEGS = 6;

/** The starts of six interviews, each with a person of its own. */
export function legsOf(question: Question, facts: Facts): number[][] {
  return question.people.slice(0, LEGS).map((person) => {
    const alone = { ...question, people: [person] };
    return freeStarts(alone, factsOfOne(facts, person)).map(({ start }) => start / GRID);
  });
}

const factsOfOne = ({ users, ...facts }: Facts, person: Person): Facts => ({
  ...facts,
  users: users.filter(({ id }) => id === person.id),
});

/** The sequences of one day in which six legs fit, in any order, with at most four hours between two of them. */
export function loops(legs: readonly number[][], lengthMinutes: number): number {
  return findSequences({
    legs: legs.map((starts) => ({ length: lengthMinutes * MINUTE, starts })),
    order: "ANY",
    minGap: 0,
    maxGap: 240 * MINUTE,
    sameDay: true,
    offsetAt: () => 60 * MINUTE,
  }).length;
}
