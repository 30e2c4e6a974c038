/** What a template may mention, written `{{name}}`. */
export const PLACEHOLDERS = [
  "candidate_name",
  "job_title",
  "stage_name",
  "interview_name",
  "start_time",
  "timezone",
  "duration_minutes",
  "organizer_name",
  "interviewer_names",
  "location",
  "office_name",
  "office_address",
  "conference_url",
  "change_reason",
] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];
export type PlaceholderValues = Record<Placeholder, string>;

/** The blanks around a name are left to `trim`: beside the name's own blanks, an expression would try each way to share them. */
const MARK = /\{\{([^{}]*)\}\}/g;

/** The marks of a text that name no placeholder, each once, in order of appearance. */
export function unknownPlaceholders(text: string): string[] {
  const names = [...text.matchAll(MARK)].map((match) => nameIn(match[1]));
  return [...new Set(names.filter((name) => !isPlaceholder(name)))];
}

/** The text with each placeholder replaced by its value; a value is never searched for placeholders again. */
export function renderTemplate(text: string, values: PlaceholderValues): string {
  return text.replaceAll(MARK, (mark: string, inside: string) => {
    const name = nameIn(inside);
    return isPlaceholder(name) ? values[name] : mark;
  });
}

const nameIn = (inside = ""): string => inside.trim();

function isPlaceholder(name: string): name is Placeholder {
  return (PLACEHOLDERS as readonly string[]).includes(name);
}
