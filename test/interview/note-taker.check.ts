import { expect, test } from "vitest";
import { judgeLink, noteTakerOf } from "../../src/discovery/note-taker.ts";

type Row = [link: string, platform: string, canJoin: boolean];
const joins = (platform: string, ...links: string[]): Row[] => links.map((link) => [link, platform, true]);
const leadsNowhere = (platform: string, ...links: string[]): Row[] => links.map((link) => [link, platform, false]);

const LINKS: Row[] = [
  ...joins(
    "ZOOM",
    "https://zoom.us/j/1234567890",
    "https://zoom.us/j/123456789",
    "https://zoom.us/j/12345678901",
    "https://zoom.us/j/1234567890?pwd=QWxhZGRpbjpvcGVuIHNlc2FtZQ",
    "https://zoom.us/j/1234567890?pwd=abc.1#success",
    "https://us02web.zoom.us/j/81234567890?pwd=abc",
    "https://acme.zoom.us/j/1234567890",
    "https://acme-corp.zoom.us/j/1234567890",
    "https://eu.acme.zoom.us/j/1234567890",
    "https://ZOOM.US/j/1234567890",
    "http://zoom.us/j/1234567890",
    "https://zoom.us:443/j/1234567890",
    "https://zoom.us/j/1234567890/",
    "https://zoom.us/my/carla",
    "https://zoom.us/my/carla.smith",
    "https://acme.zoom.us/my/team-room_1",
    "https://zoom.us/w/1234567890",
    "https://acme.zoom.us/w/1234567890?tk=abc",
    "https://zoom.us/s/1234567890",
    "https://zoom.us/wc/1234567890/join",
    "https://zoom.us/wc/join/1234567890",
  ),
  ...joins(
    "GOOGLE_MEET",
    "https://meet.google.com/abc-defg-hij",
    "https://meet.google.com/ABC-DEFG-HIJ",
    "https://meet.google.com/abc-defg-hij?authuser=0",
    "https://meet.google.com/abc-defg-hij/",
    "http://meet.google.com/abc-defg-hij",
    "https://meet.google.com/lookup/team-standup",
  ),
  ...joins(
    "MICROSOFT_TEAMS",
    "https://teams.microsoft.com/l/meetup-join/19%3ameeting_abc%40thread.v2/0?context=%7b%22Tid%22%3a%22x%22%7d",
    "https://teams.microsoft.com/l/meetup-join/19:meeting_abc@thread.v2/0",
    "https://teams.microsoft.com/meet/2876543210?p=abcDEF",
    "https://teams.microsoft.com/meet/2876543210",
    "https://teams.live.com/meet/9412345678901?p=abc",
    "https://teams.live.com/meet/9412345678901",
    "https://teams.live.com/l/meetup-join/19%3ameeting_abc%40thread.v2/0",
  ),
  ...leadsNowhere(
    "ZOOM",
    "https://zoom.us/",
    "https://zoom.us/pricing",
    "https://zoom.us/j/",
    "https://zoom.us/j/123",
    "https://zoom.us/j/1234567890/../../signin",
    "https://explore.zoom.us/en/products",
  ),
  ...leadsNowhere(
    "GOOGLE_MEET",
    "https://meet.google.com/",
    "https://meet.google.com/landing",
    "https://meet.google.com/abc",
  ),
  ...leadsNowhere(
    "MICROSOFT_TEAMS",
    "https://teams.microsoft.com/",
    "https://teams.microsoft.com/l/channel/19%3aabc",
    "https://teams.live.com/free",
  ),
  ...leadsNowhere(
    "OTHER",
    "https://zoom.us.evil.example/j/1234567890",
    "https://evilzoom.us/j/1234567890",
    "https://zoom-us.example/j/1234567890",
    "https://zoom.us@evil.example/j/1234567890",
    "https://evil.example/zoom.us/j/1234567890",
    "https://evil.example/?u=https://zoom.us/j/1234567890",
    "https://evil.example#https://zoom.us/j/1234567890",
    "https://evil.example\\@zoom.us/j/1234567890",
    "https://user:secret@zoom.us/j/1234567890",
    "https://zoom.us:8443/j/1234567890",
    "https://zoom.us:80/j/1234567890",
    "https://zооm.us/j/1234567890",
    "https://xn--zm-emca.us/j/1234567890",
    "https://zoom.com/j/1234567890",
    "https://zoom.us.:443/j/1234567890",
    "https://meet.google.com.evil.example/abc-defg-hij",
    "https://google.com/meet/abc-defg-hij",
    "https://meet.google.evil/abc-defg-hij",
    "https://meeet.google.com/abc-defg-hij",
    "https://teams.microsoft.com.evil.example/meet/1",
    "https://teams.microsoft.co/l/meetup-join/19",
    "https://sub.teams.microsoft.com/meet/1",
    "https://teams.micros0ft.com/meet/1",
    "https://acme.webex.com/meet/carla",
    "https://whereby.com/carla",
    "https://meet.jit.si/Room",
    "https://app.gather.town/x",
    "http://gateway.test/sandbox/conferences/abc",
    "http://127.0.0.1/j/1234567890",
    "http://[::1]/j/1234567890",
    "javascript:alert(1)//zoom.us/j/1234567890",
    "data:text/html,https://zoom.us/j/1234567890",
    "zoommtg://zoom.us/join?confno=1234567890",
    "file:///zoom.us/j/1234567890",
    "//zoom.us/j/1234567890",
    "zoom.us/j/1234567890",
    "",
    `https://evil.example/${"x".repeat(10_240)}`,
  ),
];

test("the table is long enough", () => {
  expect(LINKS.length).toBeGreaterThanOrEqual(60);
});

test.each(LINKS)("%s is %s, can be joined: %s", (link, platform, canJoin) => {
  const reason = canJoin ? null : platform === "OTHER" ? "PLATFORM_NOT_SUPPORTED" : "NOT_A_MEETING_LINK";
  expect(judgeLink(link)).toEqual({ platform, canJoin, reason });
});

test("without a link there is nothing to join", () => {
  expect(noteTakerOf({ aiNoteTakerEnabled: true, conferenceUrl: null, externalUrl: null })).toEqual({
    enabled: true,
    canJoin: false,
    platform: null,
    reason: "NO_MEETING_URL",
  });
});

test("the conference's own link goes before the external one", () => {
  const links = { conferenceUrl: "https://meet.google.com/abc-defg-hij", externalUrl: "https://zoom.us/j/1234567890" };
  expect(noteTakerOf({ aiNoteTakerEnabled: false, ...links })).toMatchObject({
    enabled: false,
    platform: "GOOGLE_MEET",
  });
  expect(noteTakerOf({ aiNoteTakerEnabled: false, ...links, conferenceUrl: null })).toMatchObject({ platform: "ZOOM" });
});
