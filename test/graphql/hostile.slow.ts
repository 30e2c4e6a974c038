import * as fc from "fast-check";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { isInputObjectType, isInterfaceType, isObjectType } from "graphql";
import { schema } from "../../src/schema.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";

/** Together 10,000. */
const OVER_HTTP = 5_000;
const OVER_EVENT_STREAM = 1_000;
const OVER_SOCKET = 4_000;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());

const types = Object.values(schema.getTypeMap());
const names = fc.constantFrom(
  ...new Set(
    types.flatMap((type) =>
      isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? Object.keys(type.getFields()) : [],
    ),
  ),
  "__typename",
  "__schema",
  "__proto__",
  "constructor",
);
const strange = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("\u0000", "\ud800", "', --", "${1}"),
);
const value: fc.Arbitrary<string> = fc.oneof(
  { depthSize: "small" },
  strange.map((text) => JSON.stringify(text)),
  fc.constantFrom("null", "true", "1e400", "-1", "99999999999", "$v", "ENUM", '"""block"""'),
  fc.array(fc.constantFrom("1", "null", '"x"'), { maxLength: 3 }).map((items) => `[${items.join(",")}]`),
  names.map((name) => `{${name}: 1, ${name}: {}}`),
);
const argument = fc.tuple(names, value).map(([name, given]) => `${name}: ${given}`);
const { selection } = fc.letrec<{ selection: string; field: string }>((tie) => ({
  field: fc
    .tuple(
      fc.option(names),
      names,
      fc.array(argument, { maxLength: 3 }),
      fc.constantFrom("", "", "@include(if: $v)", "@skip(if: 1)", "@nonsense"),
      fc.option(tie("selection"), { maxDepth: 6 }),
    )
    .map(([alias, name, args, directive, inner]) =>
      [alias ? `${alias}:` : "", name, args.length > 0 ? `(${args.join(" ")})` : "", directive, inner ?? ""].join(" "),
    ),
  selection: fc
    .array(fc.oneof(tie("field"), fc.constantFrom("...F", "... on Interview { id }", "...")), {
      minLength: 1,
      maxLength: 5,
    })
    .map((fields) => `{ ${fields.join(" ")} }`),
}));
const document = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom("", "query", "query ($v: Boolean)", "mutation", "subscription"), selection)
      .map((parts) => parts.join(" ")),
  },
  { weight: 1, arbitrary: fc.tuple(selection, selection).map(([a, b]) => `${a} fragment F on Interview ${b}`) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom("{", "[", "(", "{a", "...", "$"), fc.integer({ min: 1, max: 5_000 }))
      .map(([part, times]) => part.repeat(times)),
  },
);
const request = fc.record(
  {
    query: document,
    variables: fc.oneof(
      fc.dictionary(fc.constantFrom("v", "__proto__", "x"), fc.anything({ maxDepth: 3 })),
      fc.anything({ maxDepth: 2 }),
    ),
    operationName: fc.option(strange),
    extensions: fc.option(fc.object({ maxDepth: 2 })),
  },
  { requiredKeys: ["query"] },
);
const bodies = (count: number, seed: number) =>
  fc
    .sample(request, { numRuns: count, seed })
    .map((sent) => JSON.stringify(sent, (_key, item) => (typeof item === "bigint" ? `${item}` : item)));

const isAnswer = (status: number) => status === 200 || (status >= 400 && status < 500);
const bugs = () => app.log.filter((line) => Number(line["level"]) >= 50);

async function inParallel<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

test(
  "hostile requests over HTTP and event streams are refused or answered, and none is a bug",
  { timeout: 180_000 },
  async () => {
    const wrong: unknown[] = [];
    const send = (accept: string) => async (body: string) => {
      const response = await app.client.post(body, { accept });
      if (!isAnswer(response.status)) wrong.push({ status: response.status, body });
      if (response.headers.get("content-type")?.startsWith("text/event-stream")) await response.body?.cancel();
      else await response.text();
    };
    await inParallel(bodies(OVER_HTTP, 1), send("application/json"));
    await inParallel(bodies(OVER_EVENT_STREAM, 2), send("text/event-stream"));
    expect(wrong).toEqual([]);
    expect(bugs()).toEqual([]);
    expect(await app.client.data("{ __typename }")).toEqual({ __typename: "Query" });
  },
);

test("hostile operations on a socket are answered one by one, and it stays open", { timeout: 180_000 }, async () => {
  const socket = new WebSocket(`${app.url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  let answered: (message: { id?: string; type: string }) => void = () => {};
  let closed: number | undefined;
  socket.on("message", (data: Buffer) => answered(JSON.parse(data.toString())));
  socket.on("close", (code) => {
    closed = code;
    answered({ type: "closed" });
  });
  const ask = (message: object, isLast: (answer: { id?: string; type: string }) => boolean) =>
    new Promise<void>((resolve) => {
      answered = (answer) => (isLast(answer) || closed !== undefined) && resolve();
      socket.send(JSON.stringify(message));
    });
  await once(socket, "open");
  await ask(
    { type: "connection_init", payload: { authorization: `Bearer ${app.client.token}` } },
    ({ type }) => type === "connection_ack",
  );
  for (const [index, body] of bodies(OVER_SOCKET, 3).entries()) {
    const id = `${index}`;
    const isSubscription = body.includes("subscription");
    await ask({ id, type: "subscribe", payload: wellFormed(JSON.parse(body)) }, (answer) => answer.id === id);
    if (isSubscription) socket.send(JSON.stringify({ id, type: "complete" }));
    expect(closed, body).toBeUndefined();
  }
  socket.close();
  expect(bugs()).toEqual([]);
});

/** The protocol closes a socket for a payload that is no operation at all; here only operations are hostile. */
function wellFormed({ query, variables, operationName }: Record<string, unknown>) {
  const isObject = typeof variables === "object" && variables !== null && !Array.isArray(variables);
  return { query, ...(isObject && { variables }), ...(typeof operationName === "string" && { operationName }) };
}
