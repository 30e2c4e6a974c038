import type { Meeting, Message, Person } from "../calendar/invitation.ts";
import type { CalendarEvent, Conference } from "../calendar/provider.ts";
import { isolatedLine, singleLine } from "../core/text.ts";
import { describeLocal } from "../core/zone.ts";
import type { Rsvp } from "../db/schema/enum.ts";
import { partShown } from "../interview/location.ts";
import type { Interview, InterviewLocation } from "../interview/load.ts";
import { renderTemplate } from "../template/render.ts";
import type { PlaceholderValues } from "../template/render.ts";
import type { EmailTemplate } from "../template/load.ts";
import type { Arrangement } from "./arrangement.ts";

const WITHOUT_CONFERENCE: ReadonlySet<InterviewLocation> = new Set(["ONSITE", "PHONE"]);

const LOCATIONS: Record<string, string> = {
  ONSITE: "On site",
  PHONE: "Phone",
  ZOOM: "Zoom",
  GOOGLE_MEET: "Google Meet",
  MICROSOFT_TEAMS: "Microsoft Teams",
  HACKERRANK: "HackerRank",
};

/** The recipient who is the candidate; the others are users. */
export const CANDIDATE = "candidate";

/** Somebody who is invited by mail. */
export interface Invitee extends Person {
  /** Tells the participants of one interview apart: `candidate` or a user's id. */
  recipient: string;
  /** The meeting's sequence when they joined. */
  joinedSequence: number;
  answer: Rsvp;
}

/** An interview and the people of it. */
export type Participants = Pick<Arrangement, "interview" | "candidate" | "interviewers" | "organizer">;

/** The meeting on a platform; null where there is none. */
export function composeConference(arrangement: Arrangement): Conference | null {
  const { interview, host } = arrangement;
  const { location } = interview;
  if (location === null || WITHOUT_CONFERENCE.has(location)) return null;
  return {
    id: `${interview.id}-${location.toLowerCase().replaceAll("_", "-")}`,
    location,
    topic: singleLine(interviewTitle(arrangement)),
    startsAt: interview.startsAt.toISOString(),
    endsAt: interview.endsAt.toISOString(),
    hostAddress: host?.email ?? null,
    hackerrankTemplateId: partShown(interview, "hackerrankTemplateId"),
  };
}

/** The event on the organizer's calendar, with the text that the candidate gets: everybody on it can read it. */
export function composeCalendarEvent(arrangement: Arrangement, conferenceUrl: string | null): CalendarEvent {
  const values = placeholderValues(arrangement, conferenceUrl);
  const { body } = renderInvitation(arrangement.candidateTemplate, values);
  return {
    meeting: meetingOf(arrangement, { conferenceUrl, description: body }),
    attendees: inviteesOf(arrangement).map(({ address, answer }) => ({ address, answer })),
  };
}

/** @param again whether the invitee has an earlier invitation */
export function composeInvitation(
  arrangement: Arrangement,
  { recipient, name, address }: Invitee,
  { conferenceUrl, stamp, again }: { conferenceUrl: string | null; stamp: Date; again: boolean },
): Message {
  const template = recipient === CANDIDATE ? arrangement.candidateTemplate : arrangement.interviewerTemplate;
  const { subject, body } = renderInvitation(template, placeholderValues(arrangement, conferenceUrl));
  return {
    method: "REQUEST",
    to: { name, address },
    subject: again ? `Updated: ${subject}` : subject,
    body,
    stamp: stamp.toISOString(),
    meeting: meetingOf(arrangement, { conferenceUrl, description: body }),
  };
}

/** Withdraws an invitation from whoever has it. The meeting in it is the one that they know. */
export function composeCancellation({ interview }: Arrangement, invitation: Message, stamp: Date): Message {
  const { meeting, to } = invitation;
  const cancelled = interview.outcome === "CANCELLED";
  const when = describeLocal(new Date(meeting.startsAt), interview.timezone);
  return {
    method: "CANCEL",
    to,
    subject: `Cancelled: ${meeting.title}`,
    body: cancelled
      ? `The interview "${meeting.title}" on ${when} has been cancelled.`
      : `The invitation to the interview "${meeting.title}" on ${when} has been withdrawn.`,
    stamp: stamp.toISOString(),
    meeting: { ...meeting, sequence: interview.calendarSequence, status: cancelled ? "CANCELLED" : null },
  };
}

/** What calendar and meeting are called. */
export function interviewTitle({ interview, job, candidate }: Arrangement): string {
  return interview.name ?? `${job.title}: ${candidate.name}`;
}

/** The sequence that somebody's invitation must have at least. */
export const sequenceDue = (interview: Interview, { joinedSequence }: Invitee): number =>
  Math.max(interview.announcedSequence, joinedSequence);

/** Everybody who takes part, but for those on whose calendar the event is already; nobody once it is cancelled. */
export function inviteesOf({ interview, candidate, interviewers, organizer }: Participants): Invitee[] {
  if (interview.outcome === "CANCELLED") return [];
  const participants: (Invitee & { calendars: string[] })[] = [
    {
      recipient: CANDIDATE,
      name: candidate.name,
      address: candidate.email,
      joinedSequence: 0,
      answer: interview.candidateRsvp ?? "NEEDS_ACTION",
      calendars: [candidate.email],
    },
    ...interviewers.map(({ seat, user: { id, name, email, calendarAddress } }) => ({
      recipient: id,
      name,
      address: email,
      joinedSequence: seat.joinedSequence,
      answer: seat.rsvp ?? "NEEDS_ACTION",
      calendars: [email, calendarAddress ?? email],
    })),
  ];
  const holding = calendarOf(organizer).toLowerCase();
  return participants
    .filter(
      ({ recipient, calendars }) =>
        recipient !== organizer.id && !calendars.some((address) => address.toLowerCase() === holding),
    )
    .map(({ calendars: _calendars, ...invitee }) => invitee);
}

/** Address of the calendar that holds the event. */
const calendarOf = ({ calendarAddress, email }: Arrangement["organizer"]) => calendarAddress ?? email;

function meetingOf(
  arrangement: Arrangement,
  { conferenceUrl, description }: { conferenceUrl: string | null; description: string },
): Meeting {
  const { interview, office, organizer } = arrangement;
  return {
    uid: interview.id,
    sequence: interview.calendarSequence,
    title: singleLine(interviewTitle(arrangement)),
    description,
    startsAt: interview.startsAt.toISOString(),
    endsAt: interview.endsAt.toISOString(),
    place: office ? singleLine(`${office.name}, ${office.address}`) : conferenceUrl,
    url: conferenceUrl,
    isPrivate: interview.calendarEventVisibility === "PRIVATE",
    status: "CONFIRMED",
    organizer: { name: organizer.name, address: calendarOf(organizer) },
  };
}

/** A subject is one line; a value in a body does not change the direction of the text around it. */
function renderInvitation(template: EmailTemplate, values: PlaceholderValues) {
  const isolated = Object.entries(values).map(([name, value]) => [name, isolatedLine(value)] as const);
  return {
    subject: singleLine(renderTemplate(template.subject, values)),
    body: renderTemplate(template.body, Object.fromEntries(isolated) as PlaceholderValues),
  };
}

function placeholderValues(arrangement: Arrangement, conferenceUrl: string | null): PlaceholderValues {
  const { interview, candidate, interviewers, job, office, organizer, stage } = arrangement;
  return {
    candidate_name: candidate.name,
    job_title: job.title,
    stage_name: stage.name,
    interview_name: interviewTitle(arrangement),
    start_time: describeLocal(interview.startsAt, interview.timezone),
    timezone: interview.timezone,
    duration_minutes: String(interview.durationMinutes),
    organizer_name: organizer.name,
    interviewer_names: interviewers.map(({ user }) => user.name).join(", "),
    location: LOCATIONS[interview.location ?? ""] ?? "",
    office_name: office?.name ?? "",
    office_address: office?.address ?? "",
    conference_url: conferenceUrl ?? "",
    change_reason: interview.changeReason ?? "",
  };
}
