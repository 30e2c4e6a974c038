import { existsSync } from "node:fs";
import { chown, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { migrateApp } from "../../../src/app.ts";
import { startEmbeddedPostgres } from "../../../src/db/embedded.ts";
import { startProxy } from "./proxy.ts";
import type { Proxy } from "./proxy.ts";

/** A PostgreSQL of a scenario's own, with the settings of production: a restart must lose nothing. */
export interface Cluster {
  /** The same after a restart; leads through the proxy. */
  url: string;
  proxy: Proxy;
  /** What `pg_ctl restart -m immediate` does: no connection is told, nothing is written down, recovery comes from the log. */
  restartImmediately(): Promise<void>;
  /** What a failover to a standby looks like from outside: the same rows at the same address, on the next timeline. */
  promote(): Promise<void>;
  close(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const directory = await mkdtemp(join(tmpdir(), "interview-gateway-cluster-"));
  const settings = { max_connections: "200", autovacuum: "off", restore_command: "false" };
  const server = await startEmbeddedPostgres({ directory, settings });
  const lock = join(directory, "postgres", "postmaster.pid");
  const proxy = await startProxy(portOf(server.url));
  const url = new URL(server.url);
  url.port = String(proxy.port);
  await migrateApp(server.url);
  const restart = async () => {
    const pid = Number.parseInt(await readFile(lock, "utf8"), 10);
    process.kill(pid, "SIGQUIT");
    const again = async () => {
      const content = await readFile(lock, "utf8").catch(() => "");
      return !content.startsWith(`${pid}\n`) && content.includes("ready");
    };
    await vi.waitUntil(again, { timeout: 60_000, interval: 20 });
  };
  /** A recovery that finds no more of the log ends, as a promotion does, with a new timeline. */
  const markForPromotion = async () => {
    const data = join(directory, "postgres");
    const signal = join(data, "recovery.signal");
    await writeFile(signal, "");
    const { uid, gid } = await stat(data);
    await chown(signal, uid, gid);
  };
  return {
    url: url.href,
    proxy,
    restartImmediately: restart,
    async promote() {
      await markForPromotion();
      await restart();
    },
    async close() {
      await proxy.close();
      await server.stop();
      await vi.waitUntil(() => !existsSync(lock), { timeout: 20_000, interval: 20 });
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const portOf = (url: string) => Number(new URL(url).port);
