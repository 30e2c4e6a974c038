import { RequestError } from "../core/error.ts";
import { readId } from "../core/id.ts";
import type { Noun } from "../core/id.ts";

/** Maximum number of ids in a list of an input. */
export const MAX_IDS = 100;
/** Maximum number of wrong ids that are reported of one input; the rest is not read. */
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
  const lists: Partial<Read<K>> = {};
  for (const field of Object.keys(nouns) as K[]) {
    const ids: string[] = [];
    for (const [index, text] of sent?.[field]?.entries() ?? []) {
      const read = readId(nouns[field], text);
      if ("id" in read) ids.push(read.id);
      else issues.push({ path: [...path, field, `${index}`], message: read.fault });
      if (issues.length === MAX_ISSUES) throw refused(issues);
    }
    lists[field] = sent?.[field] ? ids : undefined;
  }
  if (issues.length > 0) throw refused(issues);
  return lists as Read<K>;
}

function refused(issues: { path: string[]; message: string }[]): RequestError {
  const message = issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join(" ");
  return new RequestError("INVALID_ID", message, { issues });
}
