import { createClient } from "graphql-sse";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openApp } from "../../src/app.ts";
import type { App } from "../../src/app.ts";
import { buildServer } from "../../src/server.ts";
import type { GatewayServer } from "../../src/server.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { Client } from "../support/client.ts";
import type { GraphQLResult } from "../support/client.ts";
import { adHoc, createInterview } from "../support/interview.ts";
import { exchange, openRaw, readToEnd } from "../support/raw.ts";

const EVENTS =
  "subscription ($after: EventCursor) { interviewEvents(after: $after) { ... on InterviewEvent { sequence cursor } } }";
const MAX_PER_TOKEN = 2;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false, sockets: { maxPerToken: MAX_PER_TOKEN } });
});
afterAll(() => app.stop());

interface Gateway {
  app: App;
  server: GatewayServer;
  url: string;
}

/** Another gateway on the same database. */
async function startGateway(): Promise<Gateway> {
  const second = await openApp(app.app.options);
  const server = buildServer(second);
  const { port } = await server.start(0, "127.0.0.1");
  return { app: second, server, url: `http://127.0.0.1:${port}` };
}

const stopGateway = async ({ app, server }: Gateway) => {
  await server.stop();
  await app.close();
};

const here = async () => (await app.client.data("{ interviews(first: 0) { asOfCursor } }"))["interviews"].asOfCursor;
let minute = 0;
const change = () => createInterview(app.client, adHoc({}, { startTime: `2027-03-0${(minute += 1)}T10:00` }));

/** The results of an event stream's text, and whether it says that it is complete. */
const read = (text: string): { results: GraphQLResult[]; complete: boolean } => ({
  results: [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data ?? "")),
  complete: text.includes("event: complete"),
});

const open = (url: string, body: object = { query: EVENTS }, headers: Record<string, string> = {}) =>
  new Client(url, app.client.token).post(JSON.stringify(body), { accept: "text/event-stream", ...headers });

describe("when the process ends", () => {
  test("an event stream says so with its cursor, is cut off and never complete", async () => {
    const gateway = await startGateway();
    const after = await here();
    const stream = await open(gateway.url, { query: EVENTS, variables: { after } });
    const quiet = await open(gateway.url);
    const reader = stream.body?.getReader();
    await change();
    let text = "";
    while (!text.includes("event: next")) text += new TextDecoder().decode((await reader?.read())?.value);
    reader?.releaseLock();
    const [rest, silent] = await Promise.all([readToEnd(stream), readToEnd(quiet), stopGateway(gateway)]);

    const { results, complete } = read(text + rest.text);
    const cursor = results[0]?.data?.["interviewEvents"].cursor;
    expect(results[1]).toMatchObject({ errors: [{ extensions: { code: "GOING_AWAY", cursor } }] });
    expect({ complete, cut: rest.cut, count: results.length }).toEqual({ complete: false, cut: true, count: 2 });
    expect(read(silent.text).results.at(-1)).toMatchObject({ errors: [{ extensions: { code: "GOING_AWAY" } }] });
    expect(silent.cut).toBe(true);
  });

  test("graphql-sse's client goes on at the next process, without gap or repetition", async () => {
    const gateways = [await startGateway(), await startGateway()];
    let current = 0;
    const client = createClient({
      url: () => `${gateways[current]?.url}/graphql`,
      headers: { authorization: `Bearer ${app.client.token}` },
      retry: async () => {
        current = 1;
      },
    });
    const variables = { after: await here() };
    const sequences: number[] = [];
    const codes: unknown[] = [];
    let ended: unknown;
    let told = () => {};
    client.subscribe<{ interviewEvents: { sequence: number; cursor: string } }>(
      { query: EVENTS, variables },
      {
        next({ data, errors }) {
          if (errors) codes.push(errors[0]?.extensions?.["code"]);
          if (data) {
            sequences.push(data.interviewEvents.sequence);
            variables.after = data.interviewEvents.cursor;
          }
          told();
        },
        error: (error) => (ended = error),
        complete: () => (ended = "complete"),
      },
    );
    const until = async (count: number) => {
      while (sequences.length < count) await new Promise<void>((resolve) => (told = resolve));
    };
    await change();
    await until(1);
    await stopGateway(gateways[0] as Gateway);
    await change();
    await change();
    await until(3);
    expect(sequences).toEqual([0, 1, 2].map((step) => (sequences[0] ?? 0) + step));
    expect(codes).toEqual(["GOING_AWAY"]);
    expect(ended).toBeUndefined();
    client.dispose();
    await stopGateway(gateways[1] as Gateway);
  });

  test("idle connections are closed as soon as event streams have ended", async () => {
    const gateway = await startGateway();
    const [stream, idle] = [await open(gateway.url), await openRaw(gateway.url)];
    const answered = new Promise((resolve) => idle.once("data", resolve));
    idle.write("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
    await answered;
    await Promise.all([readToEnd(stream), stopGateway(gateway)]);
    expect(idle.readableEnded || idle.destroyed).toBe(true);
    expect(app.log.filter(({ msg }) => String(msg).startsWith("cut off"))).toEqual([]);
  });
});

describe("results that are no streams", () => {
  const answers = async (body: object, headers: Record<string, string> = {}) => {
    const response = await open(app.url, body, headers);
    return { response, ...read(await response.text()) };
  };

  test("a query is one result, and complete", async () => {
    const { response, results, complete } = await answers({ query: "{ __typename }" });
    expect(results).toMatchObject([{ data: { __typename: "Query" } }]);
    expect(complete).toBe(true);
    expect(response.headers.get("content-encoding")).toBeNull();
    expect(response.headers.get("x-accel-buffering")).toBe("no");
  });

  test.each([
    ["GRAPHQL_PARSE_FAILED", 400, { query: "subscription {" }, {}],
    ["BAD_REQUEST", 400, { query: 1 }, {}],
    ["UNAUTHENTICATED", 401, { query: EVENTS }, { authorization: "Bearer wrong" }],
  ])("%s has its status", async (code, status, body, headers) => {
    const { response, results, complete } = await answers(body, headers);
    expect(results).toMatchObject([{ errors: [{ extensions: { code } }] }]);
    expect({ status: response.status, complete }).toEqual({ status, complete: true });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("content-encoding")).toBeNull();
    expect(response.headers.get("x-accel-buffering")).toBe("no");
  });

  test.each(["application/json", "multipart/mixed", "multipart/mixed;subscriptionSpec=1.0, application/json"])(
    "a subscription that is asked for as %s is refused in words, and leaves nothing open",
    async (accept) => {
      for (let count = 0; count <= MAX_PER_TOKEN; count += 1) {
        const response = await open(app.url, { query: EVENTS }, { accept });
        expect(response.status).toBe(406);
        expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "NOT_ACCEPTABLE" } }] });
      }
    },
  );

  test("a client that takes JSON as well gets JSON", async () => {
    const response = await open(
      app.url,
      { query: "{ __typename }" },
      { accept: "text/event-stream, application/json" },
    );
    expect(response.headers.get("content-type")).toContain("application/json");
  });
});

describe("how many one token may hold", () => {
  const held: Response[] = [];
  afterEach(async () => {
    for (const response of held.splice(0)) await response.body?.cancel();
  });

  test("is counted by the token and together with its sockets; a closed one makes room", async () => {
    const { token } = await app.createToken("sample");
    const subscribe = async (authorization: string) => {
      const response = await open(app.url, { query: EVENTS }, { authorization });
      if (response.ok) held.push(response);
      return response;
    };
    expect((await subscribe(`Bearer ${token}`)).status).toBe(200);
    const socket = await new Client(app.url, token).openSocket();
    const refused = await subscribe(`Bearer    ${token}`);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(read(await refused.text()).results).toMatchObject([
      { errors: [{ extensions: { code: "TOO_MANY_STREAMS" } }] },
    ]);
    await expect(new Client(app.url, token).openSocket()).rejects.toMatchObject({ code: 4430 });

    await held.pop()?.body?.cancel();
    await expect.poll(async () => (await subscribe(`bearer ${token}`)).status).toBe(200);
    await socket.dispose();
  });
});

test("a client that vanishes leaves nothing behind", async () => {
  const { token } = await app.createToken("sample");
  const body = JSON.stringify({ query: EVENTS });
  const request =
    `POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer ${token}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  // Each takes one of two places, so that the next ones could not be opened if one stayed.
  for (let count = 0; count < 10; count += 1) {
    const socket = await openRaw(app.url);
    const answered = new Promise((resolve) => socket.once("data", resolve));
    socket.write(request);
    expect(String(await answered)).toContain("200 OK");
    socket.resetAndDestroy();
    await expect
      .poll(
        async () =>
          (await new Client(app.url, token).openSocket().then(
            (socket) => socket.dispose(),
            () => "no",
          )) ?? "yes",
      )
      .toBe("yes");
  }
  expect(await exchange(app.url, "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).toContain(
    "200 OK",
  );
});
