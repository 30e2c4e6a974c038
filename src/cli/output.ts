/** Standard output is for what was asked for: the banner, a token, the schema. */
export function print(text: string): void {
  process.stdout.write(text);
}
