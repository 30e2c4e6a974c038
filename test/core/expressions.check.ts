import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseAst } from "vitest/node";
import { z } from "zod";
import { unknownPlaceholders } from "../../src/template/render.ts";

/** What makes an expression work hardest: a beginning, what is repeated, an end at which it fails. */
type Worst = [begin: string, repeated: string, end: string];

/** Of each regular expression in src, by its source. */
const WORST: Record<string, Worst[]> = {
  "^https?$": [["https", "s", ""]],
  [String.raw`^[\x21-\x7e]+$`]: [["", "a", " "]],
  [String.raw`^[\x21-\x7e]{8,255}$`]: [["", "a", " "]],
  [String.raw`\{\{([^{}]*)\}\}`]: [
    ["{{", " ", ""],
    ["{{", " ", "x"],
    ["", "{", ""],
    ["", "{{ ", ""],
    ["{{", "x ", "}"],
  ],
  [String.raw`^\s+at `]: [["", " ", "x"]],
  [String.raw`\s+`]: [
    ["", " ", "x"],
    ["", "a ", ""],
  ],
  [String.raw`[\\%_]`]: [["", "%", ""]],
  [String.raw`^([a-z0-9-]+\.)*zoom\.us$`]: [
    ["", "a", "!"],
    ["", "a.", "!"],
    ["", "zoom.", ""],
  ],
  [String.raw`^\/((j|w|s)\/\d{9,12}|my\/[\w.-]+|wc\/(join\/)?\d{9,12}(\/(join|start))?)\/?$`]: [
    ["/my/", "a", "!"],
    ["/j/", "1", "!"],
    ["/wc/", "join/", "!"],
  ],
  [String.raw`^meet\.google\.com$`]: [["", "meet.google.com", ""]],
  [String.raw`^\/([a-z]{3,4}-[a-z]{4}-[a-z]{3,4}|lookup\/[\w-]+)\/?$`]: [["/lookup/", "a", "!"]],
  [String.raw`^teams\.(microsoft|live)\.com$`]: [["", "teams.", ""]],
  [String.raw`^\/(l\/meetup-join\/[^/]+(\/[^/]*)*|meet\/\w+)\/?$`]: [
    ["/l/meetup-join/", "/", "\n"],
    ["/l/meetup-join/", "a/", "\n"],
    ["/meet/", "a", "!"],
  ],
  [String.raw`[\s\p{Cc}]`]: [["", "a", ""]],
  [String.raw`^([01]\d|2[0-3]):[0-5]\d$`]: [["23:0", "0", ""]],
  [String.raw`^([01]\d|2[0-3]):[0-5]\d$|^24:00$`]: [["24:00", "0", ""]],
  [String.raw`^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$`]: [["2027-03-01T23:0", "0", ""]],
  "[A-Z]": [["", "A", ""]],
  [String.raw`^\.`]: [["", ".", ""]],
  [String.raw`^Bearer +(\S+)$`]: [
    ["Bearer", " ", ""],
    ["Bearer ", "a", " "],
    ["Bearer", " a", " "],
  ],
  [String.raw`^application\/json(?:; ?charset=utf-8)?$`]: [["application/json; ", " ", ""]],
  [String.raw`\s`]: [["", " ", ""]],
  [String.raw`^[\w.:-]{1,64}$`]: [["", "a", "!"]],
  "(error|FATAL).*": [
    ["", "error", "\n"],
    ["", "FATA", "\n"],
  ],
  [String.raw`any TCP.IP sockets|lock file "[^"]*" (already exists|is empty)|remove old lock file|still in use`]: [
    ["", 'lock file "', ""],
    ['lock file "', "a", '" '],
    ["", 'lock file "" ', ""],
  ],
  "FATAL|PANIC": [["", "FATA", ""]],
  "^.*?(?=FATAL|PANIC)": [["", "FATA", ""]],
  [String.raw`^(\S*\/)?postgres `]: [["", "/", ""]],
  [String.raw`[\p{Cc}\p{Zl}\p{Zp}]+`]: [
    ["", "\u0001", ""],
    ["", "a\u0001", ""],
  ],
  "^${DATE}T${TIME}(?<offset>${OFFSET})?$": [
    ["2027-01-01T10:00:00.123", "0", "!"],
    ["2027-01-01T10:00:00.1", "0", "!"],
    ["2027-01-01T10:00:00.", "0", "!"],
  ],
  "^[A-Za-z][A-Za-z0-9_+/-]*$": [["", "a", "!"]],
  [String.raw`^\d+$`]: [["", "1", "!"]],
  [String.raw`^[^\s<>",;:()[\]\\@]+@[^\s<>",;:()[\]\\@]+$`]: [
    ["", "a", ""],
    ["a@", "a", "@"],
    ["", "a@", ""],
  ],
  [String.raw`["\\<>]`]: [["", '"', ""]],
  [String.raw`^([A-Za-z]{1,40})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$`]: [
    ["", "a", ""],
    ["User_", "0", ""],
    ["User_00000000", "-0000", "!"],
  ],
  "^[AEIO]": [["", "b", ""]],
  "^sha256:(?=[0-9a-f]{64}$)": [["sha256:", "0", ""]],
  [String.raw`^[\w-]+[.][\w-]+[.][\w-]*$`]: [
    ["", "a", "!"],
    ["", "a.", "!"],
    ["a.", "a", "!"],
  ],
  "^${NAME}(?<standard>${TIME})(?:${NAME}(?<daylight>${TIME})?,(?<start>${DATE}),(?<end>${DATE}))?$": [
    ["", "A", "!"],
    ["<", "A", "!"],
    ["ABC3DEF", "1", "!"],
    ["ABC3DEF,M3.2.0/", "1", "!"],
  ],
  "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d(?:[.]\\d{1,3}0*)?)?(?:Z|${NUMERIC_OFFSET})$": [
    ["2027-01-01T00:00:00.", "0", "!"],
    ["2027-01-01T00:00:00.1", "0", "!"],
  ],
  [String.raw`"((?:[^"\\]|\\.)*)"|[^{},"]+`]: [
    ["", '"', ""],
    ['"', "a", ""],
    ['"', "\\", ""],
    ["", "a", ""],
  ],
  [String.raw`; if the root CA.*|\.$`]: [
    ["", "; if the root CA", "\n"],
    ["", ".", "!"],
  ],
  [String.raw`<script>([\s\S]*)<\/script>`]: [["<script>", "a", ""]],
  [String.raw`["\\]`]: [["", '"', ""]],
  [String.raw`[&<>"]`]: [["", "&", ""]],
  [String.raw`[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]`]: [
    ["", "a", ""],
  ],
  [String.raw`[\u202A-\u202E\u2066-\u2069]`]: [["", "\u202A", ""]],
  [String.raw`\/$`]: [["", "/", "!"]],
  [String.raw`\\(.)`]: [["", "\\", ""]],
  [String.raw`\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))`]: [
    ["gzip", " ", ""],
    ["gzip;q=0.", "0", ""],
    ["", "gzip;", ""],
    ["", "gzip ; q=0 , ", ""],
  ],
  [String.raw`\r\n|\r`]: [["", "\r", ""]],
  [String.raw`\r\n|\r|\n`]: [["", "\r", ""]],
  [String.raw`^# version (\S+)$`]: [["# version ", "a", " "]],
  "^(?:08|28|53|57P|58)|^(?:25006|25P03|3D000|55P03)$": [["", "08", ""]],
  [String.raw`^(?:CONNECT(?:ION)?_[A-Z]+|E(?!RR_)[A-Z_]+|ERR_(?:TLS|SSL)_\w+)$|CERT`]: [
    ["E", "A", "!"],
    ["", "CERT", "!"],
    ["", "a", "!"],
  ],
  [String.raw`^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d*)?$`]: [
    ["", "a", "!"],
    ["[", "a", "!"],
    ["a:", "1", "!"],
  ],
  [String.raw`^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$`]: [["127", ".1", "!"]],
  [String.raw`^-?\d*$`]: [["-", "1", "!"]],
  [String.raw`^L (\S+) (\S+)$`]: [
    ["L ", "a", "!"],
    ["L a ", "a", " "],
  ],
  "^[+-]": [["", "+", ""]],
  "^[A-Z][A-Za-z0-9_+-]*$": [["A", "a", "!"]],
  [String.raw`^[\x20-\x7e]*$`]: [["", "a", "\n"]],
  [String.raw`^\[(.*)\]$`]: [["[", "]", "!"]],
  [String.raw`^\d{4}[a-z]{1,2}$`]: [["2026", "a", "!"]],
  [String.raw`^\s*begin\b`]: [["", " ", "x"]],
  [String.raw`^\w+:\/\/(?:[^/?#]*@)?[^@/?#]*,`]: [
    ["a", "a", ""],
    ["a://", "@", ""],
    ["a://", "a", ""],
  ],
  [String.raw`^\{"id":"(\d+)",`]: [['{"id":"', "1", "!"]],
  [String.raw`^https?:\/\/`]: [["http", "s", ""]],
  [String.raw`^postgres(?:ql)?:\/\/`]: [["postgres", "ql", ""]],
  [String.raw`^postgres(?:ql)?:\/\/(?:(?<user>[^:@/?#]*)(?::(?<password>[^/?#]*))?@)?(?<host>\[[^\]/?#@]*\]|[^:/?#@]*)(?::(?<port>[^/?#@]*))?(?:\/(?<database>[^/?#@]*))?(?:\?(?<query>[^#@]*))?$`]:
    [
      ["postgres://", "a", "#"],
      ["postgres://a:", "@", "#"],
      ["postgres://a:b@", ":", "#"],
      ["postgres://a?", "?", "#"],
    ],
  "certificate|altnames": [["", "certificat", ""]],
  [String.raw`\uFFFD+$`]: [["", "\uFFFD", ""]],
  [String.raw`[A-Z](?![A-Z]|$| )`]: [["", "A", ""]],
  [String.raw`[^A-Za-z0-9!#$%&'*+\-/=?^_` + "`{|}~]"]: [["", "a", ""]],
  [String.raw`[^A-Za-z0-9.\-\u0080-\u{10FFFF}]`]: [["", "a", ""]],
  [String.raw`[^\p{ASCII}]`]: [["", "a", ""]],
  "^[0-9]+$": [["", "1", "!"]],
};

interface Expression {
  file: string;
  source: string;
  flags: string;
}

/** The text between the quotes of `new RegExp("…")` and `new RegExp(String.raw`…`)`, on one line or several. */
function written(construction: string): string {
  const from = construction.search(/["`]/) + 1;
  return construction.slice(from, Math.max(construction.lastIndexOf('"'), construction.lastIndexOf("`")));
}

/** Every literal, and every construction from parts. */
function expressionsOf(file: string): Expression[] {
  const text = readFileSync(file, "utf8");
  const found: Expression[] = [];
  const look = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { type, regex, callee, start, end } = node as Record<string, any>;
    if (type === "Literal" && regex) found.push({ file, source: regex.pattern, flags: regex.flags });
    if ((type === "NewExpression" || type === "CallExpression") && callee?.name === "RegExp") {
      found.push({ file, source: written(text.slice(start, end)), flags: "" });
    }
    for (const child of Object.values(node)) look(child);
  };
  look(parseAst(text, { lang: "ts" }).body);
  return found;
}

const expressions = globSync("src/**/*.ts").flatMap(expressionsOf);
/** What the expressions of a file are put together from. */
const partsOf = (file: string) =>
  Object.fromEntries(
    [...readFileSync(file, "utf8").matchAll(/^const (\w+) = String\.raw`(.*)`;$/gm)].map((match) => [
      match[1],
      match[2] ?? "",
    ]),
  );
const build = ({ file, source, flags }: Expression): RegExp => {
  const parts = partsOf(file);
  let whole = source;
  const put = (mark: string, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`${mark} of ${source} is not known.`);
    return part;
  };
  while (/\$\{\w+\}/.test(whole)) whole = whole.replaceAll(/\$\{(\w+)\}/g, put);
  return new RegExp(whole, flags);
};

const textOf = ([begin, repeated, end]: Worst, length: number) =>
  begin + repeated.repeat(Math.ceil(length / repeated.length)) + end;

/** The least of several runs in milliseconds, each of as many rounds as make it long enough to measure. */
function leastTime(work: () => void): number {
  const time = (rounds: number) => {
    const begin = performance.now();
    for (let round = 0; round < rounds; round += 1) work();
    return (performance.now() - begin) / rounds;
  };
  const first = time(1);
  const rounds = Math.min(200, Math.ceil(2 / Math.max(first, 0.001)));
  const runs = first > 50 ? 1 : 5;
  return Math.min(first, ...Array.from({ length: runs }, () => time(rounds)));
}

/** Linear is 10, quadratic 100. */
const MAX_RATIO = 40;
/** Too short for a ratio to say anything, and harmless at any. */
const NEGLIGIBLE_MS = 0.02;

/** How much longer the work takes for the longer of two worst texts; the most of all. */
function growth(work: (text: string) => void, worsts: readonly Worst[] = []): number {
  const ratios = worsts.map((worst) => {
    const long = leastTime(() => work(textOf(worst, 20_000)));
    return long < NEGLIGIBLE_MS ? 0 : long / leastTime(() => work(textOf(worst, 2_000)));
  });
  return Math.max(0, ...ratios);
}

test("every regular expression of the source has its worst text here, and nothing else has", () => {
  expect([...new Set(expressions.map(({ source }) => source))].toSorted()).toEqual(Object.keys(WORST).toSorted());
});

describe("a text ten times as long takes about ten times as long", () => {
  test.each(expressions)("for $source in $file", (expression) => {
    const compiled = build(expression);
    const replace = (text: string) => void text.replace(compiled, "");
    expect(growth(replace, WORST[expression.source])).toBeLessThan(MAX_RATIO);
  });

  const ofZod: [name: string, schema: z.ZodType, worst: Worst[]][] = [
    [
      "e-mail addresses",
      z.email(),
      [
        ["", "a", ""],
        ["", "a.", "@"],
        ["a@", "a", ""],
        ["a@", "a.", "!"],
        ["a@", "a-", "!"],
      ],
    ],
    ["instants", z.iso.datetime(), [["2027-01-01T10:00:00.", "0", "!"]]],
    [
      "addresses on the web",
      z.url(),
      [
        ["https://", "a", " "],
        ["https://a/", "/", " "],
      ],
    ],
    ["UUIDs", z.uuid(), [["", "0", ""]]],
  ];
  test.each(ofZod)("for %s as zod reads them", (_name, schema, worsts) => {
    expect(growth((text) => void schema.safeParse(text), worsts)).toBeLessThan(MAX_RATIO);
  });

  test("for a whole template", () => {
    expect(growth(unknownPlaceholders, WORST[String.raw`\{\{([^{}]*)\}\}`])).toBeLessThan(MAX_RATIO);
  });
});

test("the measure finds what is quadratic", { timeout: 60_000 }, () => {
  expect(growth((text) => void /(\w+)\s*:\s*$/.test(text), [["", "a", "\n!"]])).toBeGreaterThan(MAX_RATIO);
});
