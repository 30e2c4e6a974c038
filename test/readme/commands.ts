import { globSync, readFileSync } from "node:fs";

/** A command as a document has it. */
export interface Command {
  file: string;
  text: string;
  /** In a block of its own, to be pasted; otherwise the text speaks of it. */
  isBlock: boolean;
}

/** How a command is tried. */
export type Trial =
  /** It ends by itself, with 0. */
  | "ends"
  /** It serves until it is told to end. */
  | "serves"
  /** It asks the demo on port 4000, in whose place another port is asked. */
  | "asks"
  /** It is not run here, and the reason says why. */
  | { elsewhere: string };

/** The first pattern that fits decides. A command in a block that fits none is an error: add a line here. */
const TRIALS: [RegExp, Trial][] = [
  [/^npm ci && npm start$/, "serves"],
  [/^\. \.\/\.noderc && node .*src\/main\.ts$/, "serves"],
  [/^curl .*http:\/\/127\.0\.0\.1:4000\//, "asks"],
  [/^npm run (?:-s )?(?:import|token|documents|zones) --/, "ends"],
  [/^npm run -s (?:schema:print|findings:print|errors:print|zones)$/, "ends"],
  [/^npm run schema:diff -- REV$/, "ends"],
  [/^(?:npm ci && )?npm test$|^npm run (?:check|test:slow)\b/, { elsewhere: "this run is a part of it" }],
  [/^npm run test:reliability\b/, { elsewhere: "takes minutes; *.slow.ts of test/reliability run its small size" }],
  [/^npm run bench\b/, { elsewhere: "takes minutes on a machine that is idle otherwise, and some of them pgbench" }],
];

export const trialOf = ({ text }: Command): Trial | undefined => TRIALS.find(([pattern]) => pattern.test(text))?.[1];

export const readmes = (): string[] => globSync("**/README.md", { exclude: ["**/node_modules/**"] }).toSorted();

const BLOCK = /^```(\w*)\n([\s\S]*?)^```$/gm;
const SHELL = ["sh", "bash", "shell", "console"];
/** A program with an argument; one word alone may be anything's name. */
const INLINE = /`((?:npm|npx|node|vitest|curl|docker|\. \.\/\.noderc)\s[^`]*)`/g;

export function commandsIn(file: string): Command[] {
  const text = readFileSync(file, "utf8");
  const blocks = [...text.matchAll(BLOCK)].flatMap(([, language = "", body = ""]) =>
    linesOf(body).flatMap((line) => {
      const prompted = /^\$ (.*)/.exec(line)?.[1];
      return SHELL.includes(language) ? (prompted ?? line) : (prompted ?? []);
    }),
  );
  const spoken = [...text.replaceAll(BLOCK, "").matchAll(INLINE)].map((match) => match[1] ?? "");
  return [
    ...blocks.map((command) => ({ file, text: command, isBlock: true })),
    ...spoken.map((command) => ({ file, text: command.replaceAll("\n", " "), isBlock: false })),
  ];
}

/** The commands that a text of usage has, one in a line, each before its meaning. */
export const commandsOfUsage = (usage: string): Command[] =>
  [...usage.matchAll(/^ {2}(npm .+?)(?: {2,}.*)?$/gm)].map((match) => ({
    file: "the usage",
    text: match[1]?.trim() ?? "",
    isBlock: true,
  }));

/** Without comments; a line that ends with a backslash goes on in the next. */
const linesOf = (body: string): string[] =>
  body
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .map((line) => line.replace(/\s+# .*|^# .*/, "").trim())
    .filter((line) => line !== "");

export const operationsIn = (file: string): string[] =>
  [...readFileSync(file, "utf8").matchAll(BLOCK)].flatMap(([, language, body = ""]) =>
    language === "graphql" ? body.trim() : [],
  );

/** Each form of a command whose parts in brackets may be left out: without all, and with all. */
export const formsOf = (text: string): string[] => [
  ...new Set([text.replaceAll(/ \[[^\]]*\]/g, ""), text.replaceAll(/\[([^\]]*)\]/g, "$1")]),
];
