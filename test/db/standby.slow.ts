import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openBundle } from "../../src/db/embedded-binaries.ts";
import { startEmbeddedPostgres } from "../../src/db/embedded.ts";
import { assertServers } from "../../src/db/server.ts";

test("a standby is refused in one sentence", async () => {
  const directory = mkdtempSync(join(tmpdir(), "interview-gateway-standby-"));
  chmodSync(directory, 0o755);
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const primary = await startEmbeddedPostgres({ directory });
  await primary.stop();
  const cluster = join(directory, "postgres");
  const signal = join(cluster, "standby.signal");
  writeFileSync(signal, "");
  const { uid, gid } = statSync(cluster);
  chownSync(signal, uid, gid);

  const { port } = new URL(primary.url);
  const settings = [`port=${port}`, "listen_addresses=127.0.0.1", "unix_socket_directories="];
  const bundle = openBundle(directory, cluster);
  const command = [join(bundle.programs, "postgres"), "-D", cluster, ...settings.flatMap((setting) => ["-c", setting])];
  const standby = bundle.shell('exec "$@"', command, ["ignore", "ignore", "ignore"]);
  const ended = once(standby, "exit");
  const refusal = () => assertServers({ url: primary.url }).catch((error: unknown) => String(error));
  const sentence =
    /The database 127\.0\.0\.1:\d+\/interview_gateway is a standby, which takes no writes\. Set DATABASE_URL to the primary\.$/;
  await expect.poll(refusal, { timeout: 20_000 }).toMatch(sentence);
  standby.kill("SIGINT");
  await ended;
});
