import { createClient } from "graphql-ws";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startTestApp } from "./support/app.ts";
import type { TestApp } from "./support/app.ts";
import { adHoc, CREATE, createInterview } from "./support/interview.ts";
import { freePort } from "./support/process.ts";
import { startProxy } from "./reliability/support/proxy.ts";
import type { Proxy } from "./reliability/support/proxy.ts";

const EVENTS =
  "subscription ($after: EventCursor) { interviewEvents(after: $after) { ... on InterviewEvent { cursor interview { id } } } }";
const DEADLINE_MS = 2_000;

let network: Proxy;
let database: number;
let app: TestApp;
beforeAll(async () => {
  network = await startProxy(0);
  app = await startTestApp({
    worker: false,
    limits: { deadlineMs: DEADLINE_MS },
    databaseUrl: (address) => {
      const url = new URL(address);
      database = network.target = Number(url.port);
      url.port = `${network.port}`;
      return url.href;
    },
  });
});
afterEach(() => comeBack());
afterAll(async () => {
  await app.stop();
  await network.close();
});

async function goAway() {
  network.target = await freePort();
  network.cut();
}
/** Connections that hang never come to life again by themselves. */
async function comeBack() {
  const hung = network.weather.kind === "black-hole";
  network.weather = { kind: "fair" };
  network.target = database;
  if (hung) network.cut();
  await expect.poll(() => status("/health/ready"), { timeout: 10_000 }).toBe(200);
}
const hang = () => {
  network.weather = { kind: "black-hole" };
};
const status = async (path: string) => (await fetch(app.url + path)).status;
const UNAVAILABLE = [{ extensions: { code: "DATABASE_UNAVAILABLE" } }];
/** Of the requests that a test sent, not of the reader. */
const bugs = () => app.log.filter(({ msg }) => msg === "a request met a bug");

describe("while the database is away", () => {
  test.each([
    ["a query", "{ users { nodes { id } } }", {}],
    ["a list with its cursor", "{ interviews { asOfCursor nodes { id } } }", {}],
    ["an event stream", EVENTS, { accept: "text/event-stream" }],
    ["a query past the direct path", "{ viewer { account { name } } }", { accept: "application/json, text/csv" }],
  ])("%s is answered 503 with its code and when to come again", async (_name, query, headers) => {
    const fresh = await app.createToken("sample");
    await goAway();
    for (const client of [app.client, fresh]) {
      const response = await client.post(JSON.stringify({ query }), headers);
      expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(await response.text()).toContain('"code":"DATABASE_UNAVAILABLE"');
    }
    expect(bugs()).toEqual([]);
  });

  test("the page of a sandbox meeting is answered 503", async () => {
    await goAway();
    const response = await fetch(`${app.url}/sandbox/conferences/none`);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  });

  test("a mutation says that nothing was changed", async () => {
    await app.client.data("{ viewer { account { name } } }");
    await goAway();
    const { errors } = await app.client.send(CREATE, { input: adHoc() });
    expect(errors).toMatchObject(UNAVAILABLE);
    expect(errors?.[0]?.message).not.toContain("may have");
  });

  test("many requests leave few lines in the log, and no stack", async () => {
    await goAway();
    const before = app.log.length;
    await Promise.all(Array.from({ length: 100 }, () => app.client.send("{ users { nodes { id } } }")));
    const lines = app.log.slice(before).filter(({ level }) => Number(level) >= 40);
    expect(lines.length).toBeLessThan(10);
    expect(lines.filter(({ level }) => level === 50)).toEqual([]);
  });

  test("an operation of an open socket gets the code, and the socket serves on", async () => {
    const socket = await app.client.openSocket();
    const ask = async () => (await socket.iterate({ query: "{ users(first: 1) { nodes { id } } }" }).next()).value;
    await goAway();
    expect(await ask().catch((errors: unknown) => ({ errors }))).toMatchObject({ errors: UNAVAILABLE });
    await comeBack();
    expect(await ask()).toMatchObject({ data: { users: { nodes: [{}] } } });
    await socket.dispose();
  });

  test("a new socket is closed with 1013, and a client that retries follows on once the database is back", async () => {
    const fresh = await app.createToken("sample");
    const after = (await app.client.data("{ interviews(first: 0) { asOfCursor } }"))["interviews"].asOfCursor;
    await goAway();
    const closes: [code: number, reason: string][] = [];
    const closedTwice = Promise.withResolvers<void>();
    const client = createClient({
      url: `${app.url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${fresh.token}` },
      retryAttempts: 100,
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 100)),
      on: {
        closed: (event) => {
          const { code, reason } = event as { code: number; reason: string };
          closes.push([code, reason]);
          if (closes.length === 2) closedTwice.resolve();
        },
      },
    });
    const event = client.iterate({ query: EVENTS, variables: { after } }).next();
    await closedTwice.promise;
    expect(closes[0]).toEqual([1013, "DATABASE_UNAVAILABLE"]);
    await comeBack();
    const id = await createInterview(app.client, adHoc());
    expect((await event).value).toMatchObject({ data: { interviewEvents: { interview: { id } } } });
    await client.dispose();
  });

  test("streams stay open and deliver what happened meanwhile", async () => {
    const after = (await app.client.data("{ interviews(first: 0) { asOfCursor } }"))["interviews"].asOfCursor;
    const streams = [await app.client.subscribe(EVENTS, { after }), await app.client.subscribeSse(EVENTS, { after })];
    const deliver = async () => {
      const id = await createInterview(app.client, adHoc());
      for (const stream of streams) {
        expect(await stream.next()).toMatchObject({ data: { interviewEvents: { interview: { id } } } });
      }
    };
    await deliver();
    await goAway();
    await expect.poll(() => status("/health/ready")).toBe(503);
    await comeBack();
    await deliver();
    for (const stream of streams) await stream.close();
  });
});

describe("while the database hangs", () => {
  test("the gateway lives and is not ready", async () => {
    hang();
    expect(await Promise.all(["/health/live", "/health/ready", "/health/ready"].map(status))).toEqual([200, 503, 503]);
  });

  test("the deadline covers the look-up of the token", async () => {
    const fresh = await app.createToken("sample");
    hang();
    const requests = [
      [fresh, "{ users { nodes { id } } }", {}],
      [app.client, "{ users { nodes { id } } }", {}],
      [app.client, EVENTS, { accept: "text/event-stream" }],
    ] as const;
    const answers = requests.map(async ([client, query, headers]) => {
      const response = await client.post(JSON.stringify({ query }), headers);
      expect(response.status).toBe(504);
      expect(await response.text()).toContain('"code":"DEADLINE_EXCEEDED"');
    });
    const closed = fresh.openSocket().catch((event: unknown) => event);
    await Promise.all(answers);
    expect(await closed).toMatchObject({ code: 1013, reason: "DEADLINE_EXCEEDED" });
  });
});

test("a connection that is lost during the commit leaves the fate open, and the idempotency key settles it", async () => {
  const { raw } = app.app.connections;
  await raw.unsafe(`
    create function end_session() returns trigger language plpgsql as
      'begin perform pg_terminate_backend(pg_backend_pid()); return null; end';
    create constraint trigger ends_session after insert on interviews deferrable initially deferred
      for each row execute function end_session()`);
  const create = () => app.client.send(CREATE, { input: { ...adHoc(), idempotencyKey: "lost-in-the-commit" } });
  const { errors } = await create();
  expect(errors).toMatchObject(UNAVAILABLE);
  expect(errors?.[0]?.message).toContain("may have taken effect. Repeat the request with its idempotency key");
  await raw.unsafe("drop function end_session cascade");
  expect((await create()).data?.["createInterview"]).toMatchObject({ __typename: "CreateInterviewSuccess" });
});

describe("while a table is locked", () => {
  const LIST = "{ interviews(first: 3) { nodes { id } } }";
  /** Runs `work` while a table can be neither read nor written. */
  async function whileLocked<T>(table: string, work: () => Promise<T>): Promise<T> {
    return app.app.connections.raw.begin(async (tx) => {
      await tx.unsafe(`lock table ${table} in access exclusive mode`);
      return work();
    }) as Promise<T>;
  }

  test("lists and look-ups of others, their tokens and documents do not wait for it", async () => {
    const fresh = await app.createToken("sample");
    const id = await createInterview(app.client, adHoc());
    const byId = `{ interview(id: "${id}") { id } }`;
    let answered = 0;
    const blocked: Promise<unknown>[] = [];
    await whileLocked("interviews", async () => {
      for (let count = 0; count < 6; count += 1) {
        for (const query of [LIST, byId]) {
          blocked.push(app.client.send(query).finally(() => (answered += 1)));
        }
      }
      for (const client of [app.client, fresh]) {
        const { users, application } = await client.data(
          `{ users(first: 2) { nodes { id } } application: node(id: "${adHoc().applicationId}") { id } }`,
        );
        expect([users.nodes.length, application.id]).toEqual([2, adHoc().applicationId]);
      }
      expect(answered).toBe(0);
    });
    await Promise.all(blocked);
  });

  test("what waits too long for the lock is told to try again", async () => {
    const { errors } = await whileLocked("email_templates", () =>
      app.client.send("{ emailTemplates(first: 1) { nodes { id } } }"),
    );
    expect(["DATABASE_UNAVAILABLE", "DEADLINE_EXCEEDED"]).toContain(errors?.[0]?.extensions?.["code"]);
  });
});
