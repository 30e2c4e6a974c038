import { findPeople } from "../../../src/availability/find-people.ts";
import type { Question as Asked } from "../../../src/availability/find-people.ts";
import { Found, toBlock } from "../../../src/availability/found.ts";
import type { InterviewSearch } from "../../../src/availability/load.ts";
import { Starts } from "../../../src/availability/slots.ts";
import type { StoredPerson } from "../../../src/db/schema/availability.ts";
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

/** Six interviews on one day, each with a person of its own, in any order, with at most four hours between two of them. */
function loopOf({ people, lengthMinutes }: Question) {
  const legs = people.slice(0, LEGS).map(({ id }) => {
    return { durationMinutes: lengthMinutes, interviewerIds: [id], pool: null };
  });
  return { legs, order: "ANY" as const, minGapMinutes: 0, maxGapMinutes: 240, sameDay: true };
}

/** What the loop's search has stored of its people. */
export const loopPeople = (question: Question, facts: Facts): StoredPerson[] =>
  findPeople({ ...askedOf(question), loop: loopOf(question) }, facts);

/** Finds the sequences of the loop; how many there are. */
export function loops(question: Question, people: StoredPerson[]): number {
  const { organizerId, organizerMustBeFree, startsAt, endsAt } = askedOf(question);
  const asked = {
    organizerId,
    organizerMustBeFree,
    startsAt,
    endsAt,
    timezone: "Europe/Berlin",
    loop: loopOf(question),
  };
  return toFinder({ ...asked, people }).certain().sequences.length;
}
