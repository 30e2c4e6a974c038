/** So much of a long text takes as long as a value. */
const CHARACTERS_PER_VALUE = 100;

/** How many values, objects and lists there are in a value, however deep; a long text counts as several. */
export function weigh(value: unknown): number {
  let weight = 0;
  const rest = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    weight += typeof next === "string" ? Math.max(1, next.length / CHARACTERS_PER_VALUE) : 1;
    if (typeof next === "object" && next !== null) for (const item of Object.values(next)) rest.push(item);
  }
  return weight;
}
