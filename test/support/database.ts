import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { inject } from "vitest";
import { connect } from "../../src/db/client.ts";
import type { Connections } from "../../src/db/client.ts";

export interface TestDatabase {
  url: string;
  connections: Connections;
  drop(): Promise<void>;
}

/** An empty migrated database of its own. */
export const createTestDatabase = () => copyOf(inject("template"));

/** A copy of a test database, to which nobody may be connected. */
export const copyDatabase = (url: string) => copyOf(new URL(url).pathname.slice(1));

async function copyOf(template: string): Promise<TestDatabase> {
  const { url, drop } = await createDatabase(`template ${template}`);
  const connections = connect({ url });
  return {
    url,
    connections,
    async drop() {
      await connections.close();
      await drop();
    },
  };
}

/** A database of its own; `options` of CREATE DATABASE. */
export async function createDatabase(options: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await onServer((admin) => admin.unsafe(`create database ${name} ${options}`));
  const url = new URL(inject("serverUrl"));
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => onServer((admin) => admin.unsafe(`drop database ${name} with (force)`)),
  };
}

async function onServer(work: (admin: postgres.Sql) => Promise<unknown>): Promise<void> {
  const admin = postgres(inject("serverUrl"), { max: 1, onnotice: () => {} });
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
