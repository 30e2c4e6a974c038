import { expect, test } from "vitest";
import { parseWebUrl } from "../../src/core/url.ts";

test.each([
  ["https://zoom.us\\@evil.example/j/123456789", "https://zoom.us/@evil.example/j/123456789"],
  ["https:\\\\evil.example", "https://evil.example/"],
  ["HTTPS://Zoom.US/j/1", "https://zoom.us/j/1"],
  ["https:zoom.us/j/1", "https://zoom.us/j/1"],
  ["https://zoom.us/j/1?pwd=a%20b#c", "https://zoom.us/j/1?pwd=a%20b#c"],
  ["https://zoom.us:443/j/1", "https://zoom.us/j/1"],
  ["https://zoom。us/j/1", "https://zoom.us/j/1"],
  ["https://zoom.us/a/../j/1", "https://zoom.us/j/1"],
  ["https://пример.example/", "https://xn--e1afmkfd.example/"],
])("%s is kept as %s", (text, parsed) => {
  expect(parseWebUrl(text)).toBe(parsed);
  expect(parseWebUrl(parsed)).toBe(parsed);
});

test.each([
  "",
  "zoom",
  "javascript:alert(1)",
  "ftp://x.example/",
  "https://u@zoom.us/",
  "https://u:p@zoom.us/",
  "https://zoom.us@evil.example/",
  "https://zoom.us/ j",
  "https://zoom.us/\n",
  "https://zoom.us/\u0000",
  "https://[::1",
])("%j is no web address", (text) => {
  expect(parseWebUrl(text)).toBeNull();
});

test("an address may have 2,048 characters, as it is sent and as it is parsed", () => {
  const longest = `https://x.example/${"a".repeat(2048 - 18)}`;
  expect(parseWebUrl(longest)).toBe(longest);
  expect(parseWebUrl(`${longest}a`)).toBeNull();
  expect(parseWebUrl(`https://x.example/${"é".repeat(400)}`)).toBeNull();
});
