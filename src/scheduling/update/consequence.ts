import { tzVersion } from "../../core/zone.ts";
import type { RecordChange } from "../../interview/commit.ts";
import { fieldChanges } from "../../interview/field.ts";
import type { InterviewField, StoredInterview } from "../../interview/field.ts";
import type { Interview, Interviewer } from "../../interview/load.ts";
import { claimFor } from "../conflict.ts";
import type { OverlapWish, Seats } from "../conflict.ts";

/** The columns that a caller's change sets; the rest of the record follows from them. */
export type Columns = Partial<Omit<Interview, "accountId" | "id" | "version">>;

export interface Wish extends OverlapWish {
  columns: Columns;
  interviewerIds: readonly string[];
  /** Why, for those who are told. */
  reason: string | null;
}

/** What changing an interview entails: for its seats, its answers, its sequence, and the outside. */
export interface Consequence extends Pick<RecordChange, "set" | "reconcile"> {
  after: StoredInterview;
  changedFields: InterviewField[];
  /** Seats that must be free. */
  reserve: Seats | null;
}

/** Fields that show on the calendar, so that conference, event or mails must follow. */
const SHOWN: readonly InterviewField[] = [
  "START",
  "END",
  "TIMEZONE",
  "INTERVIEWERS",
  "LOCATION",
  "NAME",
  "CALENDAR_EVENT_VISIBILITY",
];

/**
 * A change of time is told to everybody and asks them again; so is a change of place, without asking again. Whoever leaves is
 * told, which takes a sequence; whoever joins is told under the present one. Parts of another location show nowhere.
 */
export function consequenceOf(before: StoredInterview, wish: Wish): Consequence {
  const old = before.interview;
  const wished: Interview = { ...old, ...wish.columns };
  const moves = !sameTime(old, wished);
  const people = new Set(wish.interviewerIds);
  const someoneLeaves = before.seats.some(({ userId }) => !people.has(userId));
  const managed = !old.external;
  const relocated = old.location !== wished.location || partDiffers(old, wished, "ONSITE");
  const announced = managed && (moves || relocated);
  const someoneJoins = wish.interviewerIds.some((userId) => !before.seats.some((seat) => seat.userId === userId));
  const allowed = wish.conflictPolicy === "ALLOW" && (moves || someoneJoins);
  const sequence = old.calendarSequence + (announced || (managed && someoneLeaves) ? 1 : 0);
  const set: Columns = {
    ...wish.columns,
    ...timeColumns(old, wished),
    ...(moves && { conflictReason: null }),
    ...(allowed && { conflictReason: wish.conflictReason }),
    ...(managed && moves && { ...ASKED_AGAIN, scheduleSequence: sequence }),
    ...(announced && { announcedSequence: sequence }),
    ...(sequence !== old.calendarSequence && { calendarSequence: sequence }),
    ...(managed && (announced || someoneLeaves || someoneJoins) && { changeReason: wish.reason }),
    ...(old.location !== wished.location && { conferenceUrl: null }),
  };
  const interview: Interview = { ...old, ...set };
  const seats = seatsAfter(before, { interview, moves, wish });
  const after = { interview, seats };
  const changedFields = fieldChanges(before, after)
    .map(({ field }) => field)
    .filter((field) => field !== "RSVP" && field !== "CONFERENCE_URL");
  const shown =
    changedFields.some((field) => SHOWN.includes(field)) ||
    (["ONSITE", "ZOOM", "HACKERRANK"] as const).some((location) => partDiffers(old, wished, location));
  return {
    set,
    after,
    changedFields,
    reconcile: managed && shown,
    reserve: seatsToReserve(before, seats, { interview, moves, wish }),
  };
}

const ASKED_AGAIN = {
  candidateRsvp: "NEEDS_ACTION",
  candidateAnsweredAt: null,
  candidateAnswerSequence: null,
} as const;

const sameTime = (one: Interview, other: Interview): boolean =>
  one.startsAt.getTime() === other.startsAt.getTime() && one.endsAt.getTime() === other.endsAt.getTime();

const PART = { ONSITE: "officeId", ZOOM: "hostId", HACKERRANK: "hackerrankTemplateId" } as const;

/** Whether the part that belongs to a location differs while the interview is held there. */
function partDiffers(old: Interview, wished: Interview, location: keyof typeof PART): boolean {
  return wished.location === location && old[PART[location]] !== wished[PART[location]];
}

/** Which release of the tz database was asked is noted whenever it was. */
function timeColumns(old: Interview, { startsAt, timezone }: Interview): Columns {
  const asked = old.startsAt.getTime() !== startsAt.getTime() || old.timezone !== timezone;
  return asked ? { tzVersion: tzVersion(timezone) } : {};
}

const UNANSWERED = { answeredAt: null, answerSequence: null };

interface SeatWish {
  interview: Interview;
  moves: boolean;
  wish: Wish;
}

/** Who stays keeps seat and answer; a seat that moves is claimed again. */
function seatsAfter(before: StoredInterview, { interview, moves, wish }: SeatWish): Interviewer[] {
  const { external, startsAt, endsAt, calendarSequence } = interview;
  const rsvp = external ? null : ("NEEDS_ACTION" as const);
  const claim = claimFor(external, wish);
  const known = new Map(before.seats.map((seat) => [seat.userId, seat]));
  return wish.interviewerIds.map((userId, position) => {
    const seat = known.get(userId);
    if (seat && !moves) return { ...seat, position };
    const asked = { userId, position, startsAt, endsAt, rsvp, ...UNANSWERED, claim };
    if (seat) return { ...seat, ...asked };
    return { accountId: interview.accountId, interviewId: interview.id, ...asked, joinedSequence: calendarSequence };
  });
}

/** A seat that is kept at its time is not asked for again, so that an interview made under ALLOW can be renamed. */
function seatsToReserve(
  before: StoredInterview,
  seats: Interviewer[],
  { interview, moves, wish }: SeatWish,
): Seats | null {
  if (claimFor(interview.external, wish) === "SHARED") return null;
  const seated = new Set(before.seats.map(({ userId }) => userId));
  const userIds = seats.map(({ userId }) => userId).filter((userId) => moves || !seated.has(userId));
  if (userIds.length === 0) return null;
  const { accountId, id, startsAt, endsAt } = interview;
  return { accountId, userIds, startsAt, endsAt, besides: [id] };
}
