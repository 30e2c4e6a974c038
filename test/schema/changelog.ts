import { LEVELS } from "./diff.ts";
import type { SchemaChange } from "./diff.ts";

/**
 * Coordinates that a changelog announces as broken: those in backticks under the heading "Breaking" of its part "Unreleased",
 * such as "- `Interview.name` is gone; read `Interview.title`."
 */
export function announced(changelog: string): Set<string> {
  const unreleased = /^## Unreleased$([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(changelog)?.[1] ?? "";
  const breaking = /^### Breaking$([\s\S]*?)(?=^### |$(?![\s\S]))/m.exec(unreleased)?.[1] ?? "";
  return new Set([...breaking.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ""));
}

/** The breaking changes that the changelog does not announce. */
export function unannounced(changes: SchemaChange[], changelog: string): SchemaChange[] {
  const names = announced(changelog);
  return changes.filter((change) => change.level === "breaking" && !names.has(change.coordinate));
}

/** The changes for people, level by level, and what the changelog lacks. */
export function report(changes: SchemaChange[], changelog: string): string {
  if (changes.length === 0) return "Nothing changed.";
  const missing = unannounced(changes, changelog);
  const parts = LEVELS.flatMap((level) => {
    const ofLevel = changes.filter((change) => change.level === level);
    if (ofLevel.length === 0) return [];
    return [[`${level} (${ofLevel.length})`, ...ofLevel.map((change) => line(change, missing))].join("\n")];
  });
  if (missing.length > 0) parts.push(advice(missing));
  return parts.join("\n\n");
}

function line(change: SchemaChange, missing: SchemaChange[]): string {
  const mark = missing.includes(change) ? "  [not in the changelog]" : "";
  return `  ${change.coordinate}: ${change.message}${mark}`;
}

function advice(missing: SchemaChange[]): string {
  const items = [...new Set(missing.map((change) => `  - \`${change.coordinate}\` …`))];
  return [
    'CHANGELOG.md does not announce every breaking change. Under "### Breaking" of "## Unreleased", say what clients do:',
    ...items,
  ].join("\n");
}
