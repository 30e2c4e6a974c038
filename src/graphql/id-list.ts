import { RequestError } from "../core/error.ts";
import { decodeIdOf } from "../core/id.ts";
import type { Noun } from "../core/id.ts";

const MAX_ISSUES = 20;

type Sent<K extends string> = { [key in K]?: readonly string[] | null | undefined };
type Read<K extends string> = { [key in K]: string[] | undefined };

/** For the descriptions of inputs whose ids are read by {@link readIdLists}. */
export const WRONG_IDS =
  "An id that was not made by this API, or is another type's, is refused with INVALID_ID; one that is merely unknown matches nothing.";

/**
 * Reads the lists of ids of an input, which begins at `path`.
 * @throws RequestError INVALID_ID with the path to each item that is malformed or another noun's
 */
export function readIdLists<K extends string>(
  sent: Sent<NoInfer<K>> | null | undefined,
  nouns: Record<K, Noun>,
  path: readonly string[],
): Read<K> {
  const issues: { path: string[]; message: string }[] = [];
  const read = (noun: Noun, text: string, place: string[]): string => {
    try {
      return decodeIdOf(noun, text);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      issues.push({ path: place, message: error.message });
      return "";
    }
  };
  const fields = Object.keys(nouns) as K[];
  const lists = fields.map((field) => [
    field,
    sent?.[field]?.map((text, index) => read(nouns[field], text, [...path, field, `${index}`])),
  ]);
  if (issues.length > 0) throw refused(issues);
  return Object.fromEntries(lists) as Read<K>;
}

function refused(issues: { path: string[]; message: string }[]): RequestError {
  const told = issues.slice(0, MAX_ISSUES);
  const message = told.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join(" ");
  return new RequestError("INVALID_ID", message, { issues: told });
}
