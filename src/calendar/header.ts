import { plainMailbox } from "./invitation.ts";
import type { Person } from "./invitation.ts";

/** Longest line of a header (RFC 5322), and of one with encoded words (RFC 2047). */
const MAX_LINE = 76;
const MAX_WORD = 60;
/** Bytes of an encoded word, so that the first one fits on the line of its header's name. */
const MAX_ENCODED_BYTES = 36;
const FOLD = "\r\n ";

/** A header whose value is text. */
export function textHeader(name: string, text: string): string {
  return isPlain(text) ? fold(`${name}: ${text}`) : `${name}: ${encodeWords(text)}`;
}

/** A header whose value is one mailbox. */
export function mailboxHeader(name: string, person: Person): string {
  const { name: phrase, address } = plainMailbox(person);
  if (phrase === address) return `${name}: ${address}`;
  if (isPlain(phrase)) return fold(`${name}: "${phrase}" <${address}>`);
  return `${name}: ${encodeWords(phrase)}${FOLD}<${address}>`;
}

/** Readers decode `=?` wherever it occurs, in quotes too, so that text which holds it must not go as it is. */
function isPlain(text: string): boolean {
  return (
    /^[\x20-\x7e]*$/.test(text) && !text.includes("=?") && text.split(" ").every((word) => word.length <= MAX_WORD)
  );
}

/** Encoded words of whole characters, one a line. */
function encodeWords(text: string): string {
  const words: string[] = [];
  let word = "";
  for (const character of text) {
    if (Buffer.byteLength(word + character) > MAX_ENCODED_BYTES) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  return [...words, word].map((part) => `=?UTF-8?B?${Buffer.from(part).toString("base64")}?=`).join(FOLD);
}

/** Breaks the line at blanks; a reader that joins the lines gets the same text. */
function fold(line: string): string {
  let length = 0;
  const pieces = line.split(" ").map((word, index) => {
    const fits = length + 1 + word.length <= MAX_LINE;
    length = index > 0 && fits ? length + 1 + word.length : word.length;
    if (index === 0) return word;
    return fits ? ` ${word}` : FOLD + word;
  });
  return pieces.join("");
}
