import type { Meeting, Message, Person } from "../calendar/invitation.ts";
import type { CalendarEventRequest } from "../calendar/provider.ts";
import { isolatedLine, singleLine } from "../core/text.ts";
import { describeLocal } from "../core/zone.ts";
import { renderTemplate } from "../template/render.ts";
import type { PlaceholderValues } from "../template/render.ts";
import type { EmailTemplate } from "../template/load.ts";
import type { Arrangement } from "./arrangement.ts";

const LOCATIONS: Record<string, string> = {
  ONSITE: "On site",
  PHONE: "Phone",
  ZOOM: "Zoom",
  GOOGLE_MEET: "Google Meet",
  MICROSOFT_TEAMS: "Microsoft Teams",
  HACKERRANK: "HackerRank",
};

export interface Invitation {
  /** Tells the recipients of one interview apart: `candidate` or a user's id. */
  recipient: string;
  message: Message;
}

/** Somebody who takes part, and the addresses of the calendars that are theirs. */
interface Participant extends Person {
  recipient: string;
  calendars: string[];
  template: EmailTemplate;
}

/**
 * The invitations of an interview: one for the candidate, one for each interviewer, and none for a person on whose calendar
 * the event is already.
 */
export function composeInvitations(arrangement: Arrangement, conferenceUrl: string | null): Invitation[] {
  return invited(arrangement).map(({ recipient, template, name, address }) => {
    const { subject, body } = renderInvitation(template, placeholderValues(arrangement, conferenceUrl));
    const meeting = meetingOf(arrangement, { conferenceUrl, description: body });
    const stamp = arrangement.interview.updatedAt.toISOString();
    return { recipient, message: { to: { name, address }, subject, body, stamp, meeting } };
  });
}

/** The event on the organizer's calendar, with the text that the candidate gets: everybody on it can read it. */
export function composeCalendarEvent(arrangement: Arrangement, conferenceUrl: string | null): CalendarEventRequest {
  const values = placeholderValues(arrangement, conferenceUrl);
  const { body } = renderInvitation(arrangement.candidateTemplate, values);
  return {
    meeting: meetingOf(arrangement, { conferenceUrl, description: body }),
    attendees: invited(arrangement).map(({ address }) => address),
  };
}

/** What calendar and meeting are called. */
export function interviewTitle({ interview, job, candidate }: Arrangement): string {
  return interview.name ?? `${job.title}: ${candidate.name}`;
}

function invited({
  candidate,
  interviewers,
  organizer,
  candidateTemplate,
  interviewerTemplate,
}: Arrangement): Participant[] {
  const participants: Participant[] = [
    {
      recipient: "candidate",
      name: candidate.name,
      address: candidate.email,
      calendars: [candidate.email],
      template: candidateTemplate,
    },
    ...interviewers.map(({ id, name, email, calendarAddress }) => ({
      recipient: id,
      name,
      address: email,
      calendars: [email, calendarAddress ?? email],
      template: interviewerTemplate,
    })),
  ];
  const holding = calendarOf(organizer).toLowerCase();
  return participants.filter(
    ({ recipient, calendars }) =>
      recipient !== organizer.id && !calendars.some((address) => address.toLowerCase() === holding),
  );
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
    sequence: 0,
    title: singleLine(interviewTitle(arrangement)),
    description,
    startsAt: interview.startsAt.toISOString(),
    endsAt: interview.endsAt.toISOString(),
    place: office ? singleLine(`${office.name}, ${office.address}`) : conferenceUrl,
    url: conferenceUrl,
    isPrivate: interview.calendarEventVisibility === "PRIVATE",
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
    interviewer_names: interviewers.map(({ name }) => name).join(", "),
    location: LOCATIONS[interview.location ?? ""] ?? "",
    office_name: office?.name ?? "",
    office_address: office?.address ?? "",
    conference_url: conferenceUrl ?? "",
  };
}
