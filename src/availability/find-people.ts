import type { FreeBusyAnswer } from "../calendar/free-busy.ts";
import { union } from "../core/interval.ts";
import { zonePieces } from "../core/zone-pieces.ts";
import type { StoredLimit, StoredPerson } from "../db/schema/availability.ts";
import type { User } from "../people/load.ts";
import { workingHoursOf } from "../people/working-time.ts";
import { blocksOf, periodsOf } from "./blocks.ts";
import type { PersonFacts } from "./blocks.ts";
import { askedOf, spanAround } from "./facts.ts";
import type { Seats, Snapshot } from "./facts.ts";
import type { Search } from "./load.ts";
import { GRID } from "./slots.ts";

const MINUTE = 60_000;

/** What a search asks for. */
export type Question = Pick<
  Search,
  | "organizerId"
  | "interviewerIds"
  | "organizerMustBeFree"
  | "startsAt"
  | "endsAt"
  | "withinWorkingHours"
  | "bufferMinutes"
  | "minimumNoticeMinutes"
  | "ignoredInterviewIds"
  | "loop"
>;

/** Whose time counts: the interviewers, and the organizer when they must be free. */
export function participantIds({ organizerId, interviewerIds, organizerMustBeFree }: Question): string[] {
  return [...new Set([...interviewerIds, ...(organizerMustBeFree ? [organizerId] : [])])];
}

const NOT_CONNECTED: FreeBusyAnswer = { answer: "NOT_CONNECTED" };
const NO_SEATS: Seats = { seats: [], ignored: [] };

/** What stands in the way of each person, in the order of the people. */
export function findPeople(
  question: Question,
  { users, snapshot, now }: { users: readonly User[]; snapshot: Pick<Snapshot, "seats" | "answers">; now: Date },
): StoredPerson[] {
  const earliest = earliestOf(question, now);
  const pieces = new Map(users.map(({ timezone }) => [timezone, zonePieces(timezone, spanAround(question))]));
  return users.map((user) => {
    const answer = user.calendarAddress === null ? NOT_CONNECTED : answerOf(snapshot, user.calendarAddress);
    const { seats, ignored } = snapshot.seats.get(user.id) ?? NO_SEATS;
    const facts: PersonFacts = {
      pieces: pieces.get(user.timezone) ?? [],
      workingHours: workingHoursOf(user),
      timeOff: user.timeOff,
      seats,
      ignoredSeats: ignored,
      busy: "busy" in answer ? answer.busy : [],
      unknown: answer.answer === "ANSWERED" ? [] : "unknown" in answer ? union(answer.unknown) : [askedOf(question)],
      ...maximaOf(question, user),
    };
    const bufferMinutes = Math.max(question.bufferMinutes, user.bufferMinutes);
    const blocks = blocksOf(facts, {
      window: { start: question.startsAt.getTime(), end: question.endsAt.getTime() },
      earliest,
      buffer: bufferMinutes * MINUTE,
      withinWorkingHours: question.withinWorkingHours,
    });
    return {
      userId: user.id,
      calendar: answer.answer,
      workingHoursKnown: facts.workingHours !== null,
      blocks: blocks.map(({ start, end, reason, interviewId }) =>
        interviewId === null ? [start, end, reason] : [start, end, reason, interviewId],
      ),
      ...(question.loop && { bufferMinutes, limits: limitsOf(facts) }),
    };
  });
}

/** Whoever merely organizes the interview takes none. */
function maximaOf({ interviewerIds }: Question, user: User): Pick<PersonFacts, "maxPerDay" | "maxPerWeek"> {
  const interviews = interviewerIds.includes(user.id);
  return {
    maxPerDay: interviews ? user.maxInterviewsPerDay : null,
    maxPerWeek: interviews ? user.maxInterviewsPerWeek : null,
  };
}

function limitsOf(facts: PersonFacts): StoredLimit[] {
  const limitOf = (max: number | null, limit: "LIMIT_PER_DAY" | "LIMIT_PER_WEEK"): StoredLimit[] => {
    if (max === null) return [];
    return [{ max, periods: periodsOf(facts, limit).map(({ start, number, taken }) => [start, number, taken]) }];
  };
  return [...limitOf(facts.maxPerDay, "LIMIT_PER_DAY"), ...limitOf(facts.maxPerWeek, "LIMIT_PER_WEEK")];
}

const answerOf = ({ answers }: Pick<Snapshot, "answers">, address: string): FreeBusyAnswer =>
  answers.get(address) ?? { answer: "UNREACHABLE" };

/** An interview is created before it begins, so that one cannot begin at this very moment. */
function earliestOf({ minimumNoticeMinutes }: Question, now: Date): number {
  const earliest = now.getTime() + minimumNoticeMinutes * MINUTE;
  return minimumNoticeMinutes === 0 && earliest % GRID === 0 ? earliest + 1 : earliest;
}
