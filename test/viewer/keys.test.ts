import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { Client } from "../support/client.ts";
import { adHoc, createInterview } from "../support/interview.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

const VIEWER = "{ viewer { user { name } } }";
/** For how long fetched keys are used. */
const KEYS_KEPT_MS = 600_000;
const EVENTS = "subscription { interviewEvents { ... on InterviewEvent { id } } }";
const MESSAGE =
  "This token could not be checked, since the keys of its issuer cannot be fetched at the moment. Try again shortly.";
const ADMIN = { viewer: { user: { name: "User admin" } } };
const UNAVAILABLE = { errors: [{ message: MESSAGE, extensions: { code: "KEYS_UNAVAILABLE" } }] };

const bugsOf = ({ log }: ViewerApp) => log.filter(({ level }) => Number(level) >= 50);

describe("while the issuer's keys cannot be fetched", () => {
  let app: ViewerApp;
  let person: Client;
  beforeAll(async () => {
    app = await startViewerApp({ worker: false });
    app.issuer.fail("status");
    person = await app.person("admin");
  });
  afterAll(() => app.stop());
  afterEach(() => expect(bugsOf(app)).toEqual([]));

  test("a person is told over HTTP to try again", async () => {
    const response = await person.post(JSON.stringify({ query: VIEWER }));
    expect(await response.json()).toEqual(UNAVAILABLE);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
  });
  test("a person is told so by Yoga's own way through HTTP", async () => {
    const response = await fetch(`${app.url}/graphql?query=${encodeURIComponent(VIEWER)}`, {
      headers: { authorization: `Bearer ${person.token}`, accept: "application/graphql-response+json" },
    });
    expect(await response.json()).toEqual(UNAVAILABLE);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
  });
  test("a person is told so over server-sent events", async () => {
    const response = await person.post(JSON.stringify({ query: EVENTS }), { accept: "text/event-stream" });
    expect(await response.text()).toContain(JSON.stringify(UNAVAILABLE));
  });
  test("a socket is closed with 1013", async () => {
    await expect(person.openSocket()).rejects.toMatchObject({ code: 1013, reason: "KEYS_UNAVAILABLE" });
  });
  test("API tokens are answered as ever", async () => {
    expect(await app.client.data(VIEWER)).toEqual({ viewer: { user: null } });
  });
});

test("persons are let in soon after the keys can be fetched again, and then while the keys are new enough", async () => {
  const app = await startViewerApp({ worker: false });
  const person = await app.person("admin");
  app.issuer.fail("status");
  expect(await person.send(VIEWER)).toEqual(UNAVAILABLE);
  app.issuer.fail(null);
  await vi.waitFor(async () => expect(await person.data(VIEWER)).toEqual(ADMIN), { timeout: 10_000 });
  app.issuer.fail("status");
  expect(await person.data(VIEWER)).toEqual(ADMIN);
  expect(bugsOf(app)).toEqual([]);
  await app.stop();
});

test("an issuer that is not there is asked once for many requests and warned of once", async () => {
  const silent = await startViewerApp({ worker: false });
  const { host } = new URL(silent.issuer.options.jwksUrl);
  const admin = await silent.person("admin");
  await silent.issuer.stop();
  const answers = await Promise.all(Array.from({ length: 20 }, () => admin.send(VIEWER)));
  expect(answers).toEqual(answers.map(() => UNAVAILABLE));
  expect(silent.log.filter(({ level }) => level === 40)).toMatchObject([
    { msg: "the issuer's keys cannot be fetched", issuer: host, reason: "fetch failed: ECONNREFUSED" },
  ]);
  await silent.stop();
});

describe("a token whose key was published a moment ago", () => {
  let app: ViewerApp;
  let person: Client;
  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    app = await startViewerApp({ worker: false });
    await (await app.person("admin")).data(VIEWER);
    await app.issuer.publish();
    person = new Client(app.url, await app.issuer.sign({ sub: "admin" }, "unknown kid"));
  });
  afterAll(async () => {
    vi.useRealTimers();
    await app.stop();
  });

  test("is to be sent again, over HTTP and on a socket, and then counts", async () => {
    const response = await person.post(JSON.stringify({ query: VIEWER }));
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "KEYS_UNAVAILABLE" } }] });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    await expect(person.openSocket()).rejects.toMatchObject({ code: 1013, reason: "KEYS_UNAVAILABLE" });
    vi.setSystemTime(Date.now() + 5_000);
    expect(await person.data(VIEWER)).toEqual(ADMIN);
  });
});

describe("when the keys are too old and cannot be fetched anew", () => {
  afterEach(() => void vi.useRealTimers());

  test("what is open stays open, and what is asked for on it is to be tried again", async () => {
    const open = await startViewerApp({ worker: false, sockets: { reviewMs: 50 } });
    const admin = await open.person("admin");
    const stream = await admin.subscribeSse(EVENTS);
    const socket = await admin.openSocket();
    let closed = false;
    socket.on("closed", () => (closed = true));

    open.issuer.fail("status");
    const reviewed = open.issuer.fetches() + 2;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + KEYS_KEPT_MS });
    await vi.waitFor(() => expect(open.issuer.fetches()).toBeGreaterThanOrEqual(reviewed), { timeout: 10_000 });

    const operation = socket.iterate({ query: VIEWER });
    await expect(operation.next()).rejects.toEqual(UNAVAILABLE.errors);
    expect(closed).toBe(false);
    await createInterview(open.client, adHoc());
    expect(await stream.next()).toMatchObject({ data: { interviewEvents: { id: expect.any(String) } } });
    await stream.close();
    await socket.dispose();
    await open.stop();
  });
});
