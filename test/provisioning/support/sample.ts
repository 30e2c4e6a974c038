import type { Arrangement } from "../../../src/provisioning/arrangement.ts";
import type { StoredInterview } from "../../../src/interview/field.ts";
import type { Interview, Interviewer } from "../../../src/interview/load.ts";

export const START = new Date("2027-03-01T10:00:00Z");
export const HALF_HOUR = 30 * 60_000;
/** Who can sit on the interview; the last one also organizes it. */
export const USERS = ["ada", "bob", "eve", "organizer"] as const;
export const LOCATIONS = ["GOOGLE_MEET", "ZOOM", "PHONE", "ONSITE"] as const;

/** A managed interview that was just created. */
export function newInterview(): StoredInterview {
  const interview = {
    accountId: "account",
    id: "interview",
    version: 1,
    revision: 1,
    calendarSequence: 0,
    announcedSequence: 0,
    scheduleSequence: 0,
    organizerId: "organizer",
    name: "Talk",
    location: "GOOGLE_MEET",
    kind: "PANEL",
    startsAt: START,
    endsAt: new Date(START.getTime() + HALF_HOUR),
    durationMinutes: 30,
    timezone: "Europe/Berlin",
    outcome: null,
    officeId: "berlin",
    hostId: "ada",
    hackerrankTemplateId: null,
    candidateRsvp: "NEEDS_ACTION",
    calendarEventVisibility: "DEFAULT",
    external: false,
  } as Interview;
  return { interview, seats: [seat("ada"), seat("bob")] };
}

function seat(userId: string): Interviewer {
  return {
    accountId: "account",
    interviewId: "interview",
    userId,
    rsvp: "NEEDS_ACTION",
    joinedSequence: 0,
  } as Interviewer;
}

/** With the people of a directory in which addresses may have changed. */
export function arrange({ interview, seats }: StoredInterview, addresses: ReadonlyMap<string, string>): Arrangement {
  const user = (id: string) => ({
    id,
    name: id,
    email: addresses.get(id) ?? `${id}@example.com`,
    calendarAddress: null,
  });
  const template = { subject: "{{interview_name}}", body: "{{start_time}} {{conference_url}}" };
  const candidate = { name: "Carla", email: addresses.get("candidate") ?? "carla@example.com" };
  return {
    interview,
    job: { title: "Engineer" },
    stage: { name: "On site" },
    candidate,
    organizer: user("organizer"),
    interviewers: seats.map((one) => ({ seat: one, user: user(one.userId) })),
    host: interview.location === "ZOOM" ? user("ada") : null,
    office: interview.location === "ONSITE" ? { name: interview.officeId, address: "Street 1" } : null,
    candidateTemplate: template,
    interviewerTemplate: template,
  } as unknown as Arrangement;
}
