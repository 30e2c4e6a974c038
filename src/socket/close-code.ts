/** The codes with which sockets are closed. 1009 is sent by `ws`, some others by graphql-ws. */
export const CLOSE = {
  goingAway: 1001,
  tooLong: 1009,
  tryAgainLater: 1013,
  badMessage: 4400,
  notIntroduced: 4401,
  forbidden: 4403,
  wrongProtocol: 4406,
  introductionLate: 4408,
  idInUse: 4409,
  introducedTwice: 4429,
  tooManySockets: 4430,
  tooSlow: 4431,
  bug: 4500,
} as const;

/** The reason that goes with a code, and what happened and what to do, for the documents. */
const MEANINGS: Record<keyof typeof CLOSE, [reason: string, meaning: string]> = {
  goingAway: ["Going away", "The process is about to end. Connect again, and subscribe `after` the last cursor."],
  tooLong: ["", "A message has more than 256 KiB. Send less."],
  tryAgainLater: [
    "KEYS_UNAVAILABLE, DATABASE_UNAVAILABLE, RATE_LIMITED",
    "The token cannot be checked now, or too many wrong ones came from the address. Connect again with the same token in a moment.",
  ],
  badMessage: ["Invalid message received", "A message is not one of graphql-transport-ws. Correct the client."],
  notIntroduced: ["Unauthorized", "An operation was sent before `connection_ack`. Correct the client."],
  forbidden: [
    "UNAUTHENTICATED",
    "There is no token, or it is not valid, has expired or was revoked. Get a new one. Where none was sent the reason says how to.",
  ],
  wrongProtocol: [
    "Subprotocol not acceptable",
    "The socket does not speak graphql-transport-ws. Ask for it in the handshake.",
  ],
  introductionLate: ["Connection initialisation timeout", "No `connection_init` came within 3 s."],
  idInUse: ["Subscriber for … already exists", "An operation has the id of one that is under way. Correct the client."],
  introducedTwice: ["Too many initialisation requests", "`connection_init` was sent twice. Correct the client."],
  tooManySockets: [
    "TOO_MANY_SOCKETS",
    "The token or person holds `MAX_SOCKETS_PER_TOKEN` sockets and event streams of this process. Close one.",
  ],
  tooSlow: [
    "SUBSCRIBER_TOO_SLOW",
    "Nothing was read, or no ping was answered. Each operation's last message has the cursor to subscribe `after`.",
  ],
  bug: ["Internal server error", "A bug of the gateway. Report it."],
};

/** The table as Markdown, for the README of the gateway. */
export function closeCodesTable(): string {
  const names = Object.keys(CLOSE) as (keyof typeof CLOSE)[];
  const rows = names.map((name) => `| ${[CLOSE[name], ...MEANINGS[name]].join(" | ")} |`);
  return ["| code | reason | meaning |", "| ---: | --- | --- |", ...rows].join("\n");
}
