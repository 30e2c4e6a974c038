import type { Message } from "../calendar/invitation.ts";
import { inviteesOf, sequenceDue } from "./compose.ts";
import type { Participants } from "./compose.ts";
import type { Ledger } from "./ledger.ts";

/** A mail that a change leads to. */
export interface Notice {
  /** `candidate` or a user's id. */
  recipient: string;
  /** REQUEST invites or tells a change; CANCEL withdraws the invitation. */
  method: Message["method"];
}

/** Who will be told what once the outside follows an interview; nobody is when it has ended. */
export function noticesOf(participants: Participants, ledger: Ledger, now: Date): Notice[] {
  const { interview } = participants;
  if (interview.external || interview.endsAt <= now) return [];
  const held = new Map(ledger.presentOf("invitation").map((entry) => [entry.artifact.split("/")[1] ?? "", entry]));
  const invited = inviteesOf(participants);
  const requests = invited.flatMap((invitee): Notice[] => {
    const { recipient } = invitee;
    const sequence = (held.get(recipient)?.request as Message | undefined)?.meeting.sequence;
    const due = sequence === undefined || sequence < sequenceDue(interview, invitee);
    return due ? [{ recipient, method: "REQUEST" }] : [];
  });
  const staying = new Set(invited.map(({ recipient }) => recipient));
  const withdrawn = [...held.keys()].filter((recipient) => !staying.has(recipient));
  return [...requests, ...withdrawn.map((recipient): Notice => ({ recipient, method: "CANCEL" }))];
}
