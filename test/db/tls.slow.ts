import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrateApp } from "../../src/app.ts";
import { withCertificates } from "../../src/db/address.ts";
import { openClient } from "../../src/db/client.ts";
import { startEmbeddedPostgres } from "../../src/db/embedded.ts";
import type { EmbeddedPostgres } from "../../src/db/embedded.ts";

let directory: string;
let plain: EmbeddedPostgres;
let secure: EmbeddedPostgres;

/** A certificate that signs itself. */
function certify(name: string, alternatives: string): { certificate: string; key: string } {
  const certificate = join(directory, `${name}.pem`);
  const key = join(directory, `${name}.key`);
  const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=${alternatives}`];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, ...subject],
    {
      stdio: "ignore",
    },
  );
  return { certificate, key };
}

/** PostgreSQL takes a private key only when it owns it, alone. */
function giveTo({ key }: { key: string }, folder: string): void {
  const { uid, gid } = statSync(join(folder, "postgres"));
  chownSync(key, uid, gid);
  chmodSync(key, 0o600);
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "interview-gateway-tls-"));
  chmodSync(directory, 0o755);
  plain = await startEmbeddedPostgres({ directory: join(directory, "plain") });
  const folder = join(directory, "secure");
  await (await startEmbeddedPostgres({ directory: folder })).stop();
  const pair = certify("server", "DNS:db.invalid,DNS:localhost");
  certify("stranger", "DNS:localhost");
  giveTo(pair, folder);
  const settings = { ssl: "on", ssl_cert_file: pair.certificate, ssl_key_file: pair.key };
  secure = await startEmbeddedPostgres({ directory: folder, settings });
});

afterAll(async () => {
  await Promise.all([plain.stop(), secure.stop()]);
  rmSync(directory, { recursive: true, force: true });
});

/** Whether the session was encrypted, after the whole migration went the same way; or why there was none. */
async function encrypted(server: EmbeddedPostgres, parameters: string, host = "localhost"): Promise<unknown> {
  const url = new URL(server.url);
  url.hostname = host;
  url.search = parameters.replaceAll("DIR", directory);
  try {
    await migrateApp(url.href);
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
  const sql = openClient(url.href, { max: 1 });
  const [row] = await sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`;
  await sql.end();
  return row?.["ssl"];
}

describe("a server with a certificate of its own making", () => {
  test.each([
    ["", true],
    ["sslmode=disable", false],
    ["sslmode=allow", true],
    ["sslmode=prefer", true],
    ["sslmode=require", true],
    ["sslmode=require&channel_binding=require", true],
    ["sslmode=verify-ca&sslrootcert=DIR/server.pem", true],
    ["sslmode=verify-full&sslrootcert=DIR/server.pem", true],
    ["sslrootcert=DIR/server.pem", true],
    ["sslmode=require&ssl_min_protocol_version=TLSv1.3", true],
    ["sslmode=require&sslnegotiation=direct", true],
  ])("%s", async (parameters, expected) => {
    expect(await encrypted(secure, parameters)).toBe(expected);
  });

  test.each([
    "sslmode=verify-ca",
    "sslmode=verify-full",
    "sslmode=verify-ca&sslrootcert=DIR/stranger.pem",
    "sslmode=verify-full&sslrootcert=DIR/stranger.pem",
    // As in libpq: certificates to check against make a check of it.
    "sslmode=require&sslrootcert=DIR/stranger.pem",
    "sslmode=verify-full&sslrootcert=system",
  ])("is refused with %s, in one sentence", async (parameters) => {
    expect(await encrypted(secure, parameters)).toMatch(
      /^The database localhost:\d+\/interview_gateway cannot be used: self-signed certificate\. Check DATABASE_URL and DATABASE_CA_FILE\.$/,
    );
  });

  test("is known by its name with verify-full only, and an address is no name", async () => {
    const parameters = "sslrootcert=DIR/server.pem&sslmode=";
    expect(await encrypted(secure, `${parameters}verify-ca`, "127.0.0.1")).toBe(true);
    expect(await encrypted(secure, `${parameters}require`, "127.0.0.1")).toBe(true);
    expect(await encrypted(secure, `${parameters}verify-full`, "127.0.0.1")).toMatch(
      /cannot be used: .*IP: 127\.0\.0\.1 is not in the cert's list.*Check DATABASE_URL and DATABASE_CA_FILE\.$/,
    );
  });

  test("is checked against DATABASE_CA_FILE", async () => {
    const url = new URL(secure.url);
    url.hostname = "localhost";
    url.search = "sslmode=verify-full";
    await migrateApp(withCertificates(url.href, join(directory, "server.pem")));
    await expect(migrateApp(withCertificates(url.href, join(directory, "stranger.pem")))).rejects.toThrow(
      "self-signed",
    );
  });
});

describe("a server without TLS", () => {
  test.each(["", "sslmode=disable", "sslmode=allow", "sslmode=prefer"])("is used with %s", async (parameters) => {
    expect(await encrypted(plain, parameters)).toBe(false);
  });

  test.each(["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full"])(
    "is refused with %s",
    async (parameters) => {
      expect(await encrypted(plain, parameters)).toMatch(
        /^The database \S+ cannot be used: the server does not offer TLS\. Check DATABASE_URL\.$/,
      );
    },
  );
});
