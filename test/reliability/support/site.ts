import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { expect } from "vitest";
import { hashToken } from "../../../src/account/token.ts";
import { newId } from "../../../src/core/id.ts";
import { connect } from "../../../src/db/client.ts";
import type { Connections } from "../../../src/db/client.ts";
import { apiTokens } from "../../../src/db/schema/account.ts";
import { importDirectory } from "../../../src/import/upsert.ts";
import { SCOPES } from "../../../src/operation/context.ts";
import { sampleDirectory, sampleId } from "../../support/directory.ts";
import { freePort, runGateway, unattended } from "../../support/process.ts";
import type { GatewayProcess } from "../../support/process.ts";

export interface Tenant {
  id: string;
  /** External id. */
  name: string;
  token: string;
}

export interface Running extends GatewayProcess {
  /** Where a gateway listens. */
  port: number;
  url: string;
}

/** A database with tenants, and the processes that run on it. */
export interface Site {
  databaseUrl: string;
  tenants: Tenant[];
  /** For looking into the database. */
  sql: postgres.Sql;
  /** Starts a gateway and waits until it serves. */
  gateway(env?: Record<string, string>): Promise<Running>;
  /** Starts a worker and waits until it works. */
  worker(env?: Record<string, string>): Promise<Running>;
  /** Waits until a query returns no row; says what it returned at last when that never comes. */
  untilNone(query: string, seconds: number): Promise<void>;
  /** Kills what still runs. */
  close(): Promise<void>;
}

/** @param lookUrl where the test itself connects, when the processes go through a proxy */
export async function openSite(databaseUrl: string, tenants: number, lookUrl = databaseUrl): Promise<Site> {
  const connections = connect({ url: lookUrl, sizes: { db: 2 } });
  const dataDir = await mkdtemp(join(tmpdir(), "interview-gateway-reliability-"));
  const running = new Set<Running>();

  const begin = async (role: string, env: Record<string, string>): Promise<Running> => {
    const port = Number(env["PORT"] ?? (await freePort()));
    const started = {
      ...runGateway([], { ROLE: role, DATABASE_URL: databaseUrl, DATA_DIR: dataDir, PORT: String(port), ...env }),
      port,
      url: `http://127.0.0.1:${port}`,
    };
    running.add(started);
    await started.logged("started");
    return started;
  };
  const start = (role: string, env: Record<string, string> = {}) => unattended(begin(role, env));

  return {
    databaseUrl,
    sql: connections.raw,
    tenants: await createTenants(connections, tenants),
    gateway: (env) => start("gateway", env),
    worker: (env) => start("worker", env),
    async untilNone(query, seconds) {
      await expect
        .poll(() => connections.raw.unsafe(query).then((rows) => [...rows]), {
          timeout: seconds * 1_000,
          interval: 200,
        })
        .toEqual([]);
    },
    async close() {
      for (const { child } of running) child.kill("SIGKILL");
      await Promise.all([...running].map(({ exit }) => exit()));
      await connections.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function createTenants({ db, raw }: Connections, count: number): Promise<Tenant[]> {
  const tenants: Tenant[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = `tenant-${index}`;
    await importDirectory(db, sampleDirectory(name));
    const [row] = await raw<{ id: string }[]>`select id from accounts where external_id = ${name}`;
    if (!row) throw new Error(`${name} was not imported.`);
    const token = `token-${newId()}`;
    const hash = hashToken(token);
    await db
      .insert(apiTokens)
      .values({ accountId: row.id, id: newId(), name: "reliability", tokenHash: hash, scopes: [...SCOPES] });
    tenants.push({ id: row.id, name, token });
  }
  return tenants;
}

/** Ten o'clock in Berlin on a day that is a month ahead: never in a change of clocks. */
const startTime = `${new Date(Date.now() + 30 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10)}T10:00`;

/**
 * A request that is accepted. Its number is in the interview's name and so in everything that people see of it, which makes
 * duplicates visible.
 */
export function request({ name: tenant }: Tenant, number: number, more: object = {}): Record<string, unknown> {
  const own = (type: Parameters<typeof sampleId>[0], externalId: string) => sampleId(type, externalId, tenant);
  return {
    applicationId: own("Application", "active"),
    organizerId: own("User", "recruiter"),
    startTime,
    timezone: "Europe/Berlin",
    conflictPolicy: "ALLOW",
    conflictReason: "reliability",
    mode: {
      adHoc: {
        kind: "PANEL",
        name: `Interview ${number}`,
        location: "GOOGLE_MEET",
        durationMinutes: 30,
        interviewerIds: [own("User", "ada"), own("User", `extra-${number % 12}`)],
        candidateTemplateId: own("EmailTemplate", "to-candidate"),
        interviewerTemplateId: own("EmailTemplate", "to-interviewers"),
      },
    },
    ...more,
  };
}

/** The same of an interview whose calendar event is owned elsewhere. */
export function externalRequest(tenant: Tenant, number: number, more: object = {}): Record<string, unknown> {
  const interviewerIds = [sampleId("User", `extra-${number % 12}`, tenant.name)];
  return {
    ...request(tenant, number),
    mode: { external: { kind: "ONE_ON_ONE", durationMinutes: 30, interviewerIds } },
    ...more,
  };
}
