import { createHash } from "node:crypto";
import type { Message } from "../calendar/invitation.ts";
import type { Arrangement } from "./arrangement.ts";
import { composeCalendarEvent, composeCancellation, composeConference } from "./compose.ts";
import { composeInvitation, inviteesOf } from "./compose.ts";
import type { Invitee } from "./compose.ts";
import type { Ledger, LedgerEntry, Wanted } from "./ledger.ts";

/** What to do next so that the outside matches the record. */
export type Step =
  /** An effect whose fate is not known: the same request again tells it. */
  | { kind: "repeat"; entry: LedgerEntry }
  | { kind: "put" | "remove"; artifact: string; request: object }
  /** The link that participants know has changed, so that the next invitations must tell it. */
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
  if (told && linkWasOther(arrangement, told)) return { kind: "advance-sequence" };
  return (
    nextOnCalendar(arrangement, ledger, conferenceUrl) ??
    (told && (nextCancellation(arrangement, told) ?? nextInvitation(arrangement, told))) ??
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

/** One mailbox of one person. */
const invitationTo = ({ recipient, address }: Invitee) => `invitation/${recipient}/${mark(address)}`;

const mark = (address: string) => createHash("sha256").update(address.toLowerCase()).digest("base64url").slice(0, 12);

const invited = (arrangement: Arrangement): Invitee[] =>
  arrangement.interview.outcome === "CANCELLED" ? [] : inviteesOf(arrangement);

/** What a person holds, in whichever mailbox. */
const invitationsOf = (ledger: Ledger, { recipient }: Invitee): LedgerEntry[] =>
  ledger.presentOf("invitation").filter(({ artifact }) => artifact.startsWith(`invitation/${recipient}/`));

/** Whether an invitation of the present sequence, which readers would not tell from another of it, has another link. */
function linkWasOther(arrangement: Arrangement, { ledger, conferenceUrl }: Told): boolean {
  return invited(arrangement)
    .flatMap((invitee) => invitationsOf(ledger, invitee))
    .map(meetingIn)
    .some(({ sequence, url }) => sequence === arrangement.interview.calendarSequence && url !== conferenceUrl);
}

/** Whether a person is due an invitation. That their address has changed is no reason by itself. */
function isDue({ interview }: Arrangement, invitee: Invitee, { ledger, conferenceUrl }: Told): boolean {
  const due = Math.max(interview.announcedSequence, invitee.joinedSequence);
  return !invitationsOf(ledger, invitee).some((entry) => {
    const { sequence, url } = meetingIn(entry);
    return entry.state === "DONE" && sequence >= due && url === conferenceUrl;
  });
}

/** From those who have left; and from the old mailbox of somebody who is due an invitation in a new one. */
function nextCancellation(arrangement: Arrangement, told: Told): Step | null {
  const kept = new Set(
    invited(arrangement).flatMap((invitee) =>
      isDue(arrangement, invitee, told)
        ? [invitationTo(invitee)]
        : invitationsOf(told.ledger, invitee).map(({ artifact }) => artifact),
    ),
  );
  const withdrawn = told.ledger.presentOf("invitation").find(({ artifact }) => !kept.has(artifact));
  if (!withdrawn) return null;
  const request = composeCancellation(arrangement, withdrawn.request as Message, told.stamp);
  return { kind: "remove", artifact: withdrawn.artifact, request };
}

function nextInvitation(arrangement: Arrangement, told: Told): Step | null {
  const invitee = invited(arrangement).find((one) => isDue(arrangement, one, told));
  if (!invitee) return null;
  const { conferenceUrl, stamp, ledger } = told;
  const artifact = invitationTo(invitee);
  const again = ledger.present(artifact) !== undefined;
  return { kind: "put", artifact, request: composeInvitation(arrangement, invitee, { conferenceUrl, stamp, again }) };
}

const meetingIn = ({ request }: LedgerEntry) => (request as Message).meeting;
