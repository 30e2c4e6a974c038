import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import type { TestProject } from "vitest/node";
import { migrateApp } from "../../src/app.ts";
import { startEmbeddedPostgres } from "../../src/db/embedded.ts";

const TEMPLATE = "interview_gateway_test_template";
const FASTER = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "300" };

declare module "vitest" {
  export interface ProvidedContext {
    /** Connection string of the server's maintenance database. */
    serverUrl: string;
    /** Name of the migrated database that test databases are copied from. */
    template: string;
  }
}

/** A PostgreSQL for the whole run, the one of DATABASE_URL or an embedded one, with a migrated template database. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (Number(process.versions.node.split(".")[0]) < 26) {
    throw new Error("Tests run on the Node.js that the project brings: use npm test.");
  }
  const directory = await mkdtemp(join(tmpdir(), "interview-gateway-test-"));
  const given = process.env["DATABASE_URL"];
  const embedded = given ? undefined : await startEmbeddedPostgres({ directory, settings: FASTER });
  const serverUrl = given ?? embedded?.url ?? "";
  // Each project of a run has its own.
  const template = `${TEMPLATE}_${randomBytes(8).toString("hex")}`;

  const admin = postgres(serverUrl, { max: 1, onnotice: () => {} });
  await admin.unsafe(`create database ${template}`);
  const templateUrl = new URL(serverUrl);
  templateUrl.pathname = `/${template}`;
  await migrateApp(templateUrl.href);

  project.provide("serverUrl", serverUrl);
  project.provide("template", template);
  return async () => {
    await admin.unsafe(`drop database ${template} with (force)`);
    await admin.end();
    await embedded?.stop();
    await rm(directory, { recursive: true, force: true });
  };
}
