import { builder } from "./builder.ts";

/** An enum whose type demands a description for each value. */
export function defineEnum<const V extends string>(
  name: string,
  values: readonly V[],
  docs: { description: string; values: Record<V, string> },
) {
  const entries = values.map((value) => [value, { description: docs.values[value] }] as const);
  return builder.enumType(name, {
    description: docs.description,
    values: Object.fromEntries(entries) as Record<V, { description: string }>,
  });
}
