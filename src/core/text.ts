/** Why PostgreSQL could not store the text unchanged, or undefined when it can. */
export function unstorable(text: string): string | undefined {
  if (text.includes("\u0000")) return "contains the character U+0000";
  if (!text.isWellFormed()) return "contains half of a surrogate pair";
  return undefined;
}

/** The form in which the directory stores what people type: one Unicode form, NFC, without blanks around it. */
export const asStored = (text: string): string => text.normalize("NFC").trim();

/** Embeddings, overrides and isolates: left open, they turn the rest of the line around. */
const DIRECTION_MARKS = /[\u202A-\u202E\u2066-\u2069]/g;
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";

/** One line without control characters and direction marks: what may be part of a mail header or a calendar property. */
export function singleLine(text: string): string {
  return text
    .replaceAll(DIRECTION_MARKS, "")
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
}

/** One line to be put into other text, whose direction it does not change. */
export function isolatedLine(text: string): string {
  const line = singleLine(text);
  return RIGHT_TO_LEFT.test(line) ? `${FIRST_STRONG_ISOLATE}${line}${POP_ISOLATE}` : line;
}
