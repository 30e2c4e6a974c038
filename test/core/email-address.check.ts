import { domainToUnicode } from "node:url";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  emailAddressKey,
  isEmailAddress,
  MAX_CALENDAR_LOCAL_PART,
  readEmailAddress,
} from "../../src/core/email-address.ts";

const label = (length: number) => "a".repeat(length);

describe("accepted as it is", () => {
  test.each([
    "ada@example.com",
    "r&d@x.example",
    "dept/unit@x.example",
    "sales#eu@x.example",
    "o'hara+x@x.example",
    "!#$%&'*+-/=?^_`{|}~.x@x.example",
    "Ada.Lovelace@Example.COM",
    "1@1.example",
    "ivan@xn--e1afmkfd.xn--p1ai",
    "a--b@x--y.example",
    `${label(64)}@x.example`,
    `a@${label(63)}.example`,
    `${label(64)}@${label(63)}.${label(63)}.${label(61)}`,
  ])("%s", (address) => {
    expect(readEmailAddress(address)).toEqual({ address });
    expect(isEmailAddress(address)).toBe(true);
  });
});

test.each([
  ["info@пример.рф", "info@xn--e1afmkfd.xn--p1ai"],
  ["info@Bücher.example", "info@xn--bcher-kva.example"],
  ["info@bu\u0308cher.example", "info@xn--bcher-kva.example"],
])("a host outside ASCII is stored in A-labels: %s", (text, address) => {
  expect(readEmailAddress(text)).toEqual({ address });
  expect(isEmailAddress(text)).toBe(false);
});

describe("refused in words", () => {
  test.each([
    ["", "it has no @"],
    ["ada", "it has no @"],
    ["@x.example", "there is nothing before the @"],
    ["ada@", "there is nothing after the @"],
    ['"ada lovelace"@x.example', "quotes before the @ are not supported"],
    ['"a@b"@x.example', "quotes before the @ are not supported"],
    ["иван@пример.рф", "characters outside ASCII before the @ (SMTPUTF8) are not supported"],
    ["rene\u0301e@x.example", "characters outside ASCII before the @ (SMTPUTF8) are not supported"],
    [`${label(65)}@x.example`, "there are more than 64 characters before the @"],
    [".ada@x.example", "it has a misplaced dot before the @"],
    ["ada.@x.example", "it has a misplaced dot before the @"],
    ["a..b@x.example", "it has a misplaced dot before the @"],
    ["ada lovelace@x.example", '" " is not allowed before the @'],
    ["Ada <ada@x.example>", '" " is not allowed before the @'],
    ["<ada@x.example>", '"<" is not allowed before the @'],
    ["a@b@x.example", '"@" is not allowed before the @'],
    ["a,b@x.example", '"," is not allowed before the @'],
    ["ada(x)@x.example", '"(" is not allowed before the @'],
    ["ada\r\nBcc:x@x.example", '"\\r" is not allowed before the @'],
    ["ada@[192.0.2.1]", "an address in brackets after the @ is not supported, only a host name"],
    ["ada@x_y.example", '"_" is not allowed in a host name'],
    ["ada@x.example>", '">" is not allowed in a host name'],
    ["ada@x.example\u0000", '"\\u0000" is not allowed in a host name'],
    ["ada@п%2e.рф", '"%" is not allowed in a host name'],
    ["ada@\u{1F9E1}\u200F.example", "its host name cannot be written in A-labels"],
    ["ada@x..example", "a label of its host name is empty"],
    ["ada@.example", "a label of its host name is empty"],
    ["ada@x.example.", "a label of its host name is empty"],
    [`ada@${label(64)}.example`, "a label of its host name has more than 63 characters"],
    ["ada@-x.example", "a label of its host name starts or ends with a hyphen"],
    ["ada@x-.example", "a label of its host name starts or ends with a hyphen"],
    ["ada@localhost", "its host name has no dot"],
    ["ada@192.0.2.1", "its host name ends in a number"],
    [`${label(100_000)}@x.example`, "it has more than 254 characters"],
    [`${label(64)}@${label(63)}.${label(63)}.${label(62)}`, "it has more than 254 characters"],
  ])("%j", (text, fault) => {
    expect(readEmailAddress(text)).toEqual({ fault });
    expect(isEmailAddress(text)).toBe(false);
  });
});

/** The grammar of RFC 5322, section 3.2.3, and of RFC 5321, section 4.1.2. */
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const digits = "0123456789";
const oneOf = (characters: string) => fc.constantFrom(...characters.split(""));
const join = (parts: fc.Arbitrary<string[]>, separator = "") => parts.map((found) => found.join(separator));
const letDig = oneOf(letters + digits);
const atom = join(fc.array(oneOf(`${letters}${digits}!#$%&'*+-/=?^_\`{|}~`), { minLength: 1, maxLength: 16 }));
const dotAtom = join(fc.array(atom, { minLength: 1, maxLength: 4 }), ".").filter(({ length }) => length <= 64);
const subDomain = fc
  .tuple(letDig, fc.option(fc.tuple(join(fc.array(oneOf(`${letters}${digits}-`), { maxLength: 61 })), letDig)))
  .map(([first, rest]) => first + (rest?.join("") ?? ""));
const topLevel = fc.tuple(oneOf(letters), subDomain).map(([first, rest]) => `${first}${rest}`.slice(0, 63));
const domain = fc
  .tuple(join(fc.array(subDomain, { minLength: 1, maxLength: 3 }), "."), topLevel)
  .map((parts) => parts.join("."))
  .filter((text) => !text.endsWith("-"));
const mailbox = fc.tuple(dotAtom, domain).map((parts) => parts.join("@"));

test("whatever the grammar makes is accepted as it is, unless it is too long", () => {
  fc.assert(
    fc.property(mailbox, (text) => {
      expect(isEmailAddress(text)).toBe(text.length <= 254);
    }),
  );
});

test("one character more or less that the grammar forbids is refused", () => {
  const forbidden = oneOf(' "(),:;<>@[\\]\u0000\t\r\n\u007f');
  fc.assert(
    fc.property(mailbox, forbidden, fc.nat(), (text, character, place) => {
      const position = place % (text.length + 1);
      expect(isEmailAddress(text.slice(0, position) + character + text.slice(position))).toBe(false);
    }),
  );
});

test("what is read is read the same again, and never has a character that a header could break on", () => {
  const codePoint = fc.oneof(fc.integer({ max: 0x10_ffff, min: 0 }), fc.integer({ min: 0, max: 0x4ff }));
  const text = join(
    fc.array(
      codePoint.map((code) => String.fromCodePoint(code)),
      { maxLength: 12 },
    ),
  );
  const anything = fc.tuple(text, text).map((parts) => parts.join("@"));
  fc.assert(
    fc.property(fc.oneof(anything, mailbox, mailbox.map(domainToUnicode)), (text) => {
      const { address } = readEmailAddress(text);
      if (address === undefined) return;
      expect(address).toMatch(/^[!-~]+$/);
      expect(readEmailAddress(address)).toEqual({ address });
    }),
  );
});

test("a shared calendar may have a longer local part than a mailbox", () => {
  const calendar = `c_${"0123456789abcdef".repeat(4)}@group.calendar.google.com`;
  expect(readEmailAddress(calendar)).toEqual({ fault: "there are more than 64 characters before the @" });
  expect(readEmailAddress(calendar, MAX_CALENDAR_LOCAL_PART)).toEqual({ address: calendar });
  expect(isEmailAddress(calendar, MAX_CALENDAR_LOCAL_PART)).toBe(true);
});

test("letter case does not tell addresses apart", () => {
  expect(emailAddressKey("B@X.example")).toBe(emailAddressKey("b@x.example"));
});
