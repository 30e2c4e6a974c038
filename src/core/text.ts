/** Why PostgreSQL could not store the text unchanged, or undefined when it can. */
export function unstorable(text: string): string | undefined {
  if (text.includes("\u0000")) return "contains the character U+0000";
  if (!text.isWellFormed()) return "contains half of a surrogate pair";
  return undefined;
}

/** One line without control characters: what may stand in a mail header or a calendar property. */
export function singleLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}
