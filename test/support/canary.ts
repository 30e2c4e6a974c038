import { expect } from "vitest";

/** What the directories and tests are full of, and no log may have: addresses, names, tokens, links. */
const PERSONAL = [
  /[\w.+-]+@[\w-]+[.]\w+/,
  /\bUser [a-z]+(?:-\w+)*\b/,
  /\b(?:Carla|Dan)\b/,
  /\bAda (?:before|after)\b/,
  /\bBearer\b/i,
  /\btoken-[0-9a-f]{8}-/,
  /\b(?:igw_|demo-admin-token|demo-other-token)/,
  /\bhttps?:[/][/](?!127[.]0[.]0[.]1)/,
];

/** Every log that a test has seen goes through here when its process ends. */
export function expectNoPersonalData(lines: readonly string[]): void {
  expect(lines.filter((line) => PERSONAL.some((pattern) => pattern.test(line)))).toEqual([]);
}
