import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
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
  close(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const directory = await mkdtemp(join(tmpdir(), "interview-gateway-cluster-"));
  const settings = { max_connections: "200", autovacuum: "off" };
  const server = await startEmbeddedPostgres({ directory, settings });
  const lock = join(directory, "postgres", "postmaster.pid");
  const proxy = await startProxy(portOf(server.url));
  const url = new URL(server.url);
  url.port = String(proxy.port);
  await migrateApp(server.url);
  return {
    url: url.href,
    proxy,
    async restartImmediately() {
      const pid = Number.parseInt(await readFile(lock, "utf8"), 10);
      process.kill(pid, "SIGQUIT");
      const again = async () => {
        const content = await readFile(lock, "utf8").catch(() => "");
        return !content.startsWith(`${pid}\n`) && content.includes("ready");
      };
      await vi.waitUntil(again, { timeout: 60_000, interval: 20 });
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
