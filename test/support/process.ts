import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expectNoPersonalData } from "./canary.ts";

export interface GatewayProcess {
  child: ChildProcess;
  /** Everything it has written so far. */
  output: () => { stdout: string; stderr: string };
  /** Waits until its log has a line with this message. */
  logged(message: string): Promise<void>;
  /** Waits for its end; null when a signal ended it. */
  exit: () => Promise<number | null>;
}

/** Processes that have not ended, with what they were asked to do. */
const running = new Map<ChildProcess, { name: string; ended: Promise<unknown> }>();

/** Runs `src/main.ts` as a process of its own. */
export function runGateway(args: string[], env: Record<string, string>): GatewayProcess {
  const child = spawn(process.execPath, ["src/main.ts", ...args], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = unattended(once(child, "close") as Promise<[number | null]>);
  running.set(child, { name: [env["ROLE"] ?? "all", ...args].join(" "), ended });
  child.once("close", () => running.delete(child));

  const untilLogged = async (message: string) => {
    while (!stderr.includes(`"msg":"${message}"`)) {
      await Promise.race([
        once(child.stderr, "data"),
        ended.then(() => {
          throw new Error(`The process ended without logging ${message}:\n${stdout}${stderr}`);
        }),
      ]);
    }
  };
  const untilExit = async () => {
    const [code] = await ended;
    expectNoPersonalData(stderr.split("\n").filter((line) => line.startsWith("{")));
    return code;
  };
  return {
    child,
    output: () => ({ stdout, stderr }),
    logged: (message) => unattended(untilLogged(message)),
    exit: () => unattended(untilExit()),
  };
}

/**
 * A promise of a process's life, which a test may end before anybody waits for it: then the rejection is for whoever awaits
 * the promise later, and no error of the whole run.
 */
export function unattended<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Kills what tests have started and not ended; says what that was. */
export async function killLeftovers(): Promise<string[]> {
  const left = [...running.values()];
  for (const child of running.keys()) child.kill("SIGKILL");
  await Promise.all(left.map(({ ended }) => ended));
  return left.map(({ name }) => name);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
