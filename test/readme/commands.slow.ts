import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { issueToken } from "../../src/account/issue.ts";
import { loadDemo } from "../../src/demo/load.ts";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { freePort } from "../support/process.ts";
import { commandsIn, commandsOfUsage, formsOf, readmes, trialOf } from "./commands.ts";

const usage = spawnSync(process.execPath, ["src/main.ts", "--help"], { encoding: "utf8" }).stdout;
const commands = [...readmes().flatMap(commandsIn), ...commandsOfUsage(usage)];
const tried = (how: unknown) => [
  ...new Set(commands.filter((command) => trialOf(command) === how).map(({ text }) => text)),
];

let dataDir: string;
let database: TestDatabase;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "interview-gateway-readme-"));
  database = await createTestDatabase();
  await loadDemo(database.connections.db);
});
afterAll(async () => {
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

const { HOME = "", PATH = "" } = process.env;
/** As a newcomer has it: this run was started by npm, which puts the programs of the packages there. */
const PLAIN_PATH = PATH.split(delimiter)
  .filter((directory) => !directory.includes("node_modules"))
  .join(delimiter);

/** A shell in a process group of its own. */
function run(command: string, env: Record<string, string>) {
  const child = spawn("sh", ["-c", command], {
    env: { HOME, PATH: PLAIN_PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = once(child, "close") as Promise<[number | null]>;
  ended.catch(() => {});
  return {
    output: () => output,
    ended,
    kill: (signal: NodeJS.Signals) => child.exitCode ?? process.kill(-(child.pid ?? 0), signal),
    async until(text: string) {
      while (!output.includes(text)) {
        const more = Promise.race([once(child.stdout, "data"), once(child.stderr, "data")]);
        const [code] = await Promise.race([more, ended.then(([code]) => [`ended with ${code}`])]);
        if (typeof code === "string" && code.startsWith("ended with")) throw new Error(`${code}: ${output}`);
      }
    },
  };
}

/** Starts what serves, hands over its address, and ends it. */
async function whileServing(command: string, visit: (url: string) => Promise<void>): Promise<void> {
  const port = await freePort();
  const before = await readdir(".");
  const serving = run(command, { PORT: String(port), DATA_DIR: join(dataDir, "served") });
  try {
    await serving.until("Interview Gateway is up");
    await visit(`http://127.0.0.1:${port}`);
    serving.kill("SIGTERM");
    await serving.ended;
  } finally {
    serving.kill("SIGKILL");
    const left = (await readdir(".")).filter((name) => name.endsWith(".cpuprofile") && !before.includes(name));
    await Promise.all(left.map((name) => rm(name)));
  }
}

/** `npm ci` would pull the packages from under this run, which somebody has just installed with it. */
const withoutInstalling = (command: string) => command.replace("npm ci && ", "");

describe("commands that serve", () => {
  test.each(tried("serves"))("%s, then what asks it", { timeout: 120_000 }, async (command) => {
    await whileServing(withoutInstalling(command), async (url) => {
      for (const asking of tried("asks")) {
        const { ended, output } = run(asking.replaceAll("http://127.0.0.1:4000", url), {});
        expect(await ended, output()).toEqual([0, null]);
        expect(output()).toMatch(/\{"data":\{/);
        expect(output()).not.toContain('"errors"');
      }
    });
  });
});

describe("commands that end", () => {
  /** What stands in the places of words in capitals. */
  const places = async (): Promise<Record<string, string>> => {
    const documents = join(dataDir, "documents");
    await mkdir(documents, { recursive: true });
    await writeFile(join(documents, "me.graphql"), "query Me { viewer { scopes } }");
    const account = "fernhollow-robotics";
    return {
      FILE: `src/demo/${account}.json`,
      DIR: "/usr/share/zoneinfo",
      PATH: documents,
      ACCOUNT: account,
      ID: "web",
      "SCOPE ...": "interviews:read directory:read",
      TOKEN: await issueToken(database.connections.db, account, { scopes: [] }),
      REV: "HEAD",
    };
  };

  test.each(tried("ends").flatMap(formsOf))("%s", { timeout: 60_000 }, async (form) => {
    const values = await places();
    const command = form.replaceAll(/SCOPE \.\.\.|\b[A-Z]{2,}\b/g, (name) => values[name] ?? name);
    const { ended, output } = run(command, { DATABASE_URL: database.url, DATA_DIR: dataDir });
    expect(await ended, output()).toEqual([0, null]);
    expect(output().includes("> interview-gateway")).toBe(!form.startsWith("npm run -s"));
  });
});

describe("commands that are not run here", () => {
  const reasons = commands.flatMap((command) => {
    const trial = trialOf(command);
    return typeof trial === "object" ? [`${command.text}: ${trial.elsewhere}`] : [];
  });
  test.for([...new Set(reasons)])("%s", (reason, context) => {
    expect(reason).not.toBe("");
    context.skip();
  });
});
