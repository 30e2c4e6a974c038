import type { Message, Person } from "../calendar/invitation.ts";
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

/** The invitations of an interview: one for the candidate, one for each interviewer. */
export function composeInvitations(arrangement: Arrangement, conferenceUrl: string | null): Invitation[] {
  const { candidate, interviewers, candidateTemplate, interviewerTemplate } = arrangement;
  const values = placeholderValues(arrangement, conferenceUrl);
  const compose = (to: Person, template: EmailTemplate): Message => ({
    from: { name: arrangement.organizer.name, address: arrangement.organizer.email },
    to,
    subject: renderTemplate(template.subject, values),
    body: renderTemplate(template.body, values),
    event: calendarEvent(arrangement, conferenceUrl),
  });
  return [
    { recipient: "candidate", message: compose({ name: candidate.name, address: candidate.email }, candidateTemplate) },
    ...interviewers.map(({ id, name, email }) => ({
      recipient: id,
      message: compose({ name, address: email }, interviewerTemplate),
    })),
  ];
}

/** What calendar and meeting are called. */
export function interviewTitle({ interview, job, candidate }: Arrangement): string {
  return interview.name ?? `${job.title}: ${candidate.name}`;
}

function calendarEvent(arrangement: Arrangement, conferenceUrl: string | null): Message["event"] {
  const { interview, office } = arrangement;
  return {
    uid: `${interview.id}@interview-gateway.invalid`,
    sequence: 0,
    stamp: interview.updatedAt,
    title: interviewTitle(arrangement),
    startsAt: interview.startsAt,
    endsAt: interview.endsAt,
    location: office ? `${office.name}, ${office.address}` : conferenceUrl,
    url: conferenceUrl,
    isPrivate: interview.calendarEventVisibility === "PRIVATE",
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
