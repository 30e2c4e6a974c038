import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Roster } from "../../src/gateway/roster.ts";
import type { Member } from "../../src/gateway/roster.ts";
import type { Caller } from "../../src/operation/context.ts";

let roster: Roster;
beforeEach(() => {
  vi.useFakeTimers();
  roster = new Roster({ maxPerToken: 2, maxInAll: 4 });
});
afterEach(() => {
  roster.stop();
  vi.useRealTimers();
});

const caller = (tokenId: string | null, userId: string | null = null): Caller => ({
  accountId: "account",
  userId,
  tokenId,
  clientId: null,
  name: "token",
  scopes: new Set(),
  expiresAt: null,
});

test("a token and a person hold as many as they may, whatever they came with", () => {
  const members: Member[] = Array.from({ length: 3 }, () => ({}));
  const [first = {}, second = {}, third = {}] = members;
  expect(roster.add(first) && roster.admit(first, caller(null, "person"))).toBe(true);
  expect(roster.admit(second, caller(null, "person"))).toBe(true);
  expect(roster.admit(third, caller(null, "person"))).toBe(false);
  expect(roster.admit(third, caller("token"))).toBe(true);
  roster.delete(first);
  roster.delete(first);
  expect(roster.admit({}, caller(null, "person"))).toBe(true);
  expect(roster.admit({}, caller(null, "person"))).toBe(false);
});

test("the process holds as many as it may, and one that leaves makes room", () => {
  const members: Member[] = Array.from({ length: 4 }, () => ({}));
  for (const [index, member] of members.entries()) expect(roster.admit(member, caller(`token ${index}`))).toBe(true);
  expect(roster.add({})).toBe(false);
  expect(roster.admit({}, caller("another"))).toBe(false);
  roster.delete(members[0] as Member);
  expect(roster.add({})).toBe(true);
});

test("a socket that does not say in time whose it is, is refused, and others are looked after", () => {
  const refused: string[] = [];
  const swept: number[] = [];
  roster.add({ refuseStranger: () => refused.push("stranger") });
  const known: Member = { refuseStranger: () => refused.push("known"), sweep: (now) => swept.push(now) };
  roster.add(known);
  roster.admit(known, caller("token"));
  vi.advanceTimersByTime(9_000);
  expect(refused).toEqual([]);
  vi.advanceTimersByTime(3_000);
  expect(new Set(refused)).toEqual(new Set(["stranger"]));
  expect(swept).toHaveLength(12);
});
