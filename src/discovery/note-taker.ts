import type { Interview } from "../interview/load.ts";

export const CONFERENCE_PLATFORMS = ["ZOOM", "GOOGLE_MEET", "MICROSOFT_TEAMS", "OTHER"] as const;
export type ConferencePlatform = (typeof CONFERENCE_PLATFORMS)[number];

export const NOTE_TAKER_REASONS = ["NO_MEETING_URL", "PLATFORM_NOT_SUPPORTED", "NOT_A_MEETING_LINK"] as const;
export type NoteTakerReason = (typeof NOTE_TAKER_REASONS)[number];

/** Whether the AI note-taker is asked to join, and whether it could. */
export interface NoteTaker {
  enabled: boolean;
  canJoin: boolean;
  /** Null without a link. */
  platform: ConferencePlatform | null;
  /** Why it cannot join; null when it can. */
  reason: NoteTakerReason | null;
}

type MeetingLinks = [platform: ConferencePlatform, host: RegExp, path: RegExp];

/** Hosts match as a whole: `zoom.us.evil.example` is not Zoom's. */
const MEETING_LINKS: readonly MeetingLinks[] = [
  [
    "ZOOM",
    /^([a-z0-9-]+\.)*zoom\.us$/,
    /^\/((j|w|s)\/\d{9,12}|my\/[\w.-]+|wc\/(join\/)?\d{9,12}(\/(join|start))?)\/?$/,
  ],
  ["GOOGLE_MEET", /^meet\.google\.com$/, /^\/([a-z]{3,4}-[a-z]{4}-[a-z]{3,4}|lookup\/[\w-]+)\/?$/i],
  ["MICROSOFT_TEAMS", /^teams\.(microsoft|live)\.com$/, /^\/(l\/meetup-join\/[^/]+(\/[^/]*)*|meet\/\w+)\/?$/],
];

/** Reads the link that participants use; the link itself is never fetched. */
export function noteTakerOf(
  interview: Pick<Interview, "aiNoteTakerEnabled" | "conferenceUrl" | "externalUrl">,
): NoteTaker {
  return { enabled: interview.aiNoteTakerEnabled, ...judgeLink(interview.conferenceUrl ?? interview.externalUrl) };
}

/** Which platform a link leads to, and whether it leads into a meeting there. */
export function judgeLink(link: string | null): Omit<NoteTaker, "enabled"> {
  if (link === null) return { canJoin: false, platform: null, reason: "NO_MEETING_URL" };
  const url = URL.canParse(link) ? new URL(link) : null;
  const known = url && isPlain(url) && MEETING_LINKS.find(([, host]) => host.test(url.hostname));
  if (!known) return { canJoin: false, platform: "OTHER", reason: "PLATFORM_NOT_SUPPORTED" };
  const [platform, , path] = known;
  if (!path.test(url.pathname)) return { canJoin: false, platform, reason: "NOT_A_MEETING_LINK" };
  return { canJoin: true, platform, reason: null };
}

/** No user name, password or port: none of the platforms uses them, and look-alikes do. */
function isPlain({ protocol, username, password, port }: URL): boolean {
  return ["http:", "https:"].includes(protocol) && username === "" && password === "" && port === "";
}
