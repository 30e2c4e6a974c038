import { createHash } from "node:crypto";
import type { Message } from "../calendar/invitation.ts";
import type { Arrangement } from "./arrangement.ts";
import { composeCalendarEvent, composeCancellation, composeConference } from "./compose.ts";
import { composeInvitation, inviteesOf, sequenceDue } from "./compose.ts";
import type { Invitee } from "./compose.ts";
import type { Ledger, LedgerEntry, Wanted } from "./ledger.ts";

/** What to do next so that the outside matches the record. */
export type Step =
  /** An effect whose fate is not known: the same request again tells it. */
  | { kind: "repeat"; entry: LedgerEntry }
  | { kind: "put" | "remove"; artifact: string; request: object }
  /** A mailbox that is due a mail has one of the present sequence: readers would not tell the two apart. */
  | { kind: "advance-sequence" };

/**
 * The next difference between the record and the outside; null when there is none. Conference first, since everything else
 * carries its link; then the calendar; then mails, to those who leave before those who stay; an old conference last, when
 * everybody has the new link. Once the interview has ended nobody is mailed.
 */
export function nextStep(arrangement: Arrangement, ledger: Ledger, now: Date): Step | null {
  const open = ledger.open();
  if (open) return { kind: "repeat", entry: open };

  const { interview } = arrangement;
  const wanted = interview.outcome === "CANCELLED" ? NOTHING : wantedConference(arrangement);
  for (const conference of wanted) if (!ledger.shows(conference)) return { kind: "put", ...conference };
  const conferenceUrl = linkIn(ledger, wanted);

  const told = interview.endsAt > now ? { ledger, conferenceUrl, stamp: now } : null;
  const mails = told ? [...cancellationsDue(arrangement, told), ...invitationsDue(arrangement, told)] : [];
  const isSpent = ({ artifact }: Mail) => sequenceIn(ledger.last(artifact)) >= interview.calendarSequence;
  if (mails.some(isSpent)) return { kind: "advance-sequence" };
  return (
    nextOnCalendar(arrangement, ledger, conferenceUrl) ??
    (mails[0] && { kind: mails[0].kind, artifact: mails[0].artifact, request: mails[0].compose() }) ??
    nextRemoval(ledger, "conference", wanted)
  );
}

/** The link of the conference as the ledger knows it; null while there is none. */
export function conferenceUrlOf(arrangement: Arrangement, ledger: Ledger): string | null {
  return arrangement.interview.outcome === "CANCELLED" ? null : linkIn(ledger, wantedConference(arrangement));
}

const NOTHING: Wanted[] = [];

function wantedConference(arrangement: Arrangement): Wanted[] {
  const conference = composeConference(arrangement);
  return conference ? [{ artifact: `conference/${conference.location}`, request: conference }] : NOTHING;
}

function linkIn(ledger: Ledger, [conference]: Wanted[]): string | null {
  if (!conference) return null;
  const opened = ledger.present(conference.artifact)?.result as { url: string } | null | undefined;
  return opened?.url ?? null;
}

/** One event on one calendar: that of another address is another artifact, so that the old one is taken off. */
function nextOnCalendar(arrangement: Arrangement, ledger: Ledger, conferenceUrl: string | null): Step | null {
  if (arrangement.interview.outcome === "CANCELLED") return nextRemoval(ledger, "calendar-event", NOTHING);
  const request = composeCalendarEvent(arrangement, conferenceUrl);
  const event = { artifact: `calendar-event/${mark(request.meeting.organizer.address)}`, request };
  return ledger.shows(event) ? nextRemoval(ledger, "calendar-event", [event]) : { kind: "put", ...event };
}

function nextRemoval(ledger: Ledger, kind: "calendar-event" | "conference", wanted: readonly Wanted[]): Step | null {
  const kept = new Set(wanted.map(({ artifact }) => artifact));
  const unwanted = ledger.presentOf(kind).find(({ artifact }) => !kept.has(artifact));
  return unwanted ? { kind: "remove", artifact: unwanted.artifact, request: unwanted.request } : null;
}

interface Told {
  ledger: Ledger;
  conferenceUrl: string | null;
  stamp: Date;
}

/** A mail that is due. */
interface Mail {
  kind: "put" | "remove";
  /** The invitation that it makes, changes or withdraws. */
  artifact: string;
  compose: () => Message;
}

/** One mailbox of one person. */
const invitationTo = ({ recipient, address }: Invitee) => `invitation/${recipient}/${mark(address)}`;

const mark = (address: string) => createHash("sha256").update(address.toLowerCase()).digest("base64url").slice(0, 12);

/** What a person holds, in whichever mailbox. */
const invitationsOf = (ledger: Ledger, { recipient }: Invitee): LedgerEntry[] =>
  ledger.presentOf("invitation").filter(({ artifact }) => artifact.startsWith(`invitation/${recipient}/`));

/** Whether a person is due an invitation. That their address has changed is no reason by itself. */
function isDue({ interview }: Arrangement, invitee: Invitee, { ledger, conferenceUrl }: Told): boolean {
  const due = sequenceDue(interview, invitee);
  return !invitationsOf(ledger, invitee).some((entry) => {
    const { sequence, url } = meetingIn(entry);
    return entry.state === "DONE" && sequence >= due && url === conferenceUrl;
  });
}

/** From those who have left; and from the old mailbox of somebody who is due an invitation in a new one. */
function cancellationsDue(arrangement: Arrangement, told: Told): Mail[] {
  const kept = new Set(
    inviteesOf(arrangement).flatMap((invitee) =>
      isDue(arrangement, invitee, told)
        ? [invitationTo(invitee)]
        : invitationsOf(told.ledger, invitee).map(({ artifact }) => artifact),
    ),
  );
  return told.ledger
    .presentOf("invitation")
    .filter(({ artifact }) => !kept.has(artifact))
    .map(({ artifact, request }) => ({
      kind: "remove",
      artifact,
      compose: () => composeCancellation(arrangement, request as Message, told.stamp),
    }));
}

function invitationsDue(arrangement: Arrangement, told: Told): Mail[] {
  const { conferenceUrl, stamp, ledger } = told;
  return inviteesOf(arrangement)
    .filter((invitee) => isDue(arrangement, invitee, told))
    .map((invitee) => {
      const artifact = invitationTo(invitee);
      const again = ledger.present(artifact) !== undefined;
      const compose = () => composeInvitation(arrangement, invitee, { conferenceUrl, stamp, again });
      return { kind: "put", artifact, compose };
    });
}

const meetingIn = ({ request }: LedgerEntry) => (request as Message).meeting;

const sequenceIn = (entry: LedgerEntry | undefined): number => (entry ? meetingIn(entry).sequence : -1);
