import { isInterfaceType } from "graphql";
import { expect, test } from "vitest";
import { decodeId, decodeIdOf, encodeId, newId, NOUNS, parseId, SentIds } from "../../src/core/id.ts";
import { schema } from "../../src/schema.ts";

const UUID = "741381df-cb02-5243-b209-8cb00a4b81ab";

test("the nouns are the types that can be read by their id", () => {
  const node = schema.getType("Node");
  const types = isInterfaceType(node) ? schema.getPossibleTypes(node).map(({ name }) => name) : [];
  expect([...NOUNS]).toEqual(types.toSorted());
});

test.each(NOUNS)("an id of the noun %s is read back, and safe in a URL", (noun) => {
  const id = newId();
  const text = encodeId(noun, id);
  expect(text).toBe(`${noun}_${id}`);
  expect(encodeURIComponent(text)).toBe(text);
  expect(decodeId(text)).toEqual({ noun, id });
});

test.each([
  UUID,
  `User:${UUID}`,
  `user_${UUID}`,
  `User_${UUID.toUpperCase()}`,
  `User_${UUID.replaceAll("-", "")}`,
  `User_{${UUID}}`,
  `User_${UUID}\n`,
  ` User_${UUID}`,
  `User__${UUID}`,
  `PageInfo_${UUID}`,
  `constructor_${UUID}`,
  `__proto___${UUID}`,
  "User_",
  "_",
  "",
])("%j is not an id", (text) => {
  expect(parseId(text)).toBeNull();
  expect(() => decodeId(text)).toThrow(`${JSON.stringify(text)} is not an id of this API.`);
});

test.each([
  ["User", "Application", "is the id of an Application. Send the id of a User."],
  ["Office", "User", "is the id of a User. Send the id of an Office."],
  ["EmailTemplate", "InterviewPlan", "is the id of an InterviewPlan. Send the id of an EmailTemplate."],
] as const)("an id of another noun is named: %s", (noun, other, sentence) => {
  expect(() => decodeIdOf(noun, encodeId(other, UUID))).toThrow(sentence);
});

test("a long text is quoted in part, without half a character", () => {
  const ids = new SentIds();
  const read = ids.read("User", `a${"🙂".repeat(100_000)}`);
  expect(ids.explain("User", read)).toBe(`"a${"🙂".repeat(29)}\ufffd…" is not an id of this API.`);
});

test("a text that is no id of its noun is read as one that no row has, and explained as it was sent", () => {
  const ids = new SentIds();
  expect(ids.read("User", encodeId("User", UUID))).toBe(UUID);
  expect(ids.explain("User", UUID)).toBe(`Sent: "User_${UUID}".`);
  const sent = [encodeId("Office", UUID), UUID, "x", ""];
  const read = sent.map((text) => ids.read("User", text));
  expect(new Set([...read, UUID]).size).toBe(5);
  expect(read.map((id) => parseId(encodeId("User", id))?.id)).toEqual(read);
  expect(read.map((id) => ids.explain("User", id))).toEqual([
    `"Office_${UUID}" is the id of an Office.`,
    `"${UUID}" is not an id of this API.`,
    '"x" is not an id of this API.',
    '"" is not an id of this API.',
  ]);
  expect(read.map((id) => ids.isWrong(id))).toEqual([true, true, true, true]);
  expect(ids.isWrong(UUID)).toBe(false);
});
