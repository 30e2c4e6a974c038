import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { freePort } from "./process.ts";

/** A PgBouncer that the machine has; the tests that need one are skipped without it. */
export const PGBOUNCER = process.env["PGBOUNCER"];

/** Its version, such as 1.25; 0 when there is none. */
export const pgbouncerVersion = PGBOUNCER
  ? Number(/PgBouncer (\d+\.\d+)/.exec(execFileSync(PGBOUNCER, ["--version"], { encoding: "utf8" }))?.[1])
  : 0;

export interface Pooler {
  /** The same database, through the pooler. */
  url: string;
  stop(): Promise<void>;
}

/** Runs PgBouncer before the server of `url`; it refuses to run as root. */
export async function startPooler(url: string, settings: Record<string, string | number>): Promise<Pooler> {
  const directory = mkdtempSync(join(tmpdir(), "interview-gateway-pooler-"));
  chmodSync(directory, 0o755);
  const target = new URL(url);
  const port = await freePort();
  const all = {
    listen_addr: "127.0.0.1",
    listen_port: port,
    unix_socket_dir: "",
    auth_type: "scram-sha-256",
    auth_file: join(directory, "users"),
    default_pool_size: 10,
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  const databases = `[databases]\n* = host=${target.hostname} port=${target.port}\n`;
  writeFileSync(join(directory, "users"), `"${target.username}" "${target.password}"\n`);
  writeFileSync(join(directory, "pgbouncer.ini"), `${databases}[pgbouncer]\n${lines.join("\n")}\n`);
  const nobody = Number(/^nobody:[^:]*:(\d+)/m.exec(readFileSync("/etc/passwd", "utf8"))?.[1]);
  const child = spawn(PGBOUNCER ?? "", [join(directory, "pgbouncer.ini")], {
    stdio: "ignore",
    cwd: "/",
    ...(process.getuid?.() === 0 && { uid: nobody, gid: nobody }),
  });
  child.on("error", () => {});
  await vi.waitUntil(() => answers(port), { timeout: 10_000, interval: 50 });
  target.port = String(port);
  return {
    url: target.href,
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const answered = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return answered;
}
