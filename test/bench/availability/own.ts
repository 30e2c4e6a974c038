import { findPeople } from "../../../src/availability/find-people.ts";
import type { Question as Asked } from "../../../src/availability/find-people.ts";
import { Found, toBlock } from "../../../src/availability/found.ts";
import type { InterviewSearch } from "../../../src/availability/load.ts";
import { Starts } from "../../../src/availability/slots.ts";
import type { StoredLoop, StoredPerson } from "../../../src/db/schema/availability.ts";
import { toFinder } from "../../../src/availability/loop/found.ts";
import type { User } from "../../../src/people/load.ts";
import { DAY, MINUTE, START } from "./question.ts";
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
  loop: null,
});

/** Everybody's blocks with their reasons, and from them the starts at which somebody is free. */
export function freeStarts(question: Question, facts: Facts): FreeStart[] {
  const people = findPeople(askedOf(question), facts);
  const starts = new Starts(
    { window: question.window, need: 1, length: question.lengthMinutes * MINUTE },
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
    loop: null,
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
  } satisfies InterviewSearch);
  found.people();
  found.page(false, { first: 20 });
  return found.summary().freeStarts;
}

export const LEGS = 6;

/** Six interviews, each with a person of its own in one of five zones, in any order, with at most a day between two of them. */
export function ordinaryLoop({ people, lengthMinutes }: Question): StoredLoop {
  const legs = people.slice(0, LEGS).map(({ id }) => {
    return { durationMinutes: lengthMinutes, interviewerIds: [id], pool: null };
  });
  return { legs, order: "ANY", minGapMinutes: 0, maxGapMinutes: 24 * 60, sameDay: false };
}

/** Six interviews on one day, each with three of ten people, which leaves much to choose. */
export function worstLoop({ people, lengthMinutes }: Question): StoredLoop {
  const of = people.slice(0, -1).map(({ id }) => id);
  const legs = Array.from({ length: LEGS }, (_, leg) => {
    const durationMinutes = lengthMinutes + ((leg % 3) - 1) * 15;
    return { durationMinutes, interviewerIds: [], pool: { of, need: 3 } };
  });
  return { legs, order: "ANY", minGapMinutes: 0, maxGapMinutes: 240, sameDay: true };
}

/** What is known in the worst case: people can work at any time, and every other calendar has not answered. */
export function worstFacts(question: Question): Facts {
  const facts = factsOf(question, { maxPerDay: 2 });
  const silent = question.people.filter((_, index) => index % 2 === 0).map(({ id }) => id);
  const answers = new Map([...facts.snapshot.answers].filter(([id]) => !silent.includes(id)));
  const users = facts.users.map((user, index) => {
    return { ...user, workingHours: [], timeOff: [], bufferMinutes: 15 * (index % 4) };
  });
  return { ...facts, users, snapshot: { ...facts.snapshot, answers } };
}

/** What the loop's search has stored of its people. */
export function loopPeople(question: Question, facts: Facts, loop: StoredLoop): StoredPerson[] {
  return findPeople({ ...askedOf(question), loop }, facts);
}

/** Finds the sequences of the loop, certain ones and others; how many there are. */
export function loops(question: Question, people: StoredPerson[], loop: StoredLoop): number {
  const { organizerId, startsAt, endsAt } = askedOf(question);
  // Working days in five zones never overlap all: with the organizer there would be no loop.
  const asked = { organizerId, organizerMustBeFree: false, startsAt, endsAt, timezone: "Europe/Berlin", loop };
  const finder = toFinder({ ...asked, people });
  return finder.certain().sequences.length + finder.perhaps().sequences.length;
}
