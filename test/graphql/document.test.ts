import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashDocument, registerDocuments } from "../../src/document/registry.ts";
import { issueToken } from "../../src/account/issue.ts";
import { readDocuments } from "../../src/document/files.ts";
import { schema } from "../../src/schema.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { Client } from "../support/client.ts";
import type { GraphQLResult } from "../support/client.ts";

const QUERY = "query Registered { viewer { scopes } }";
const FOLLOW = "subscription Follow { interviewEvents { ... on InterviewEvent { sequence } } }";
const OTHER = "query Other { __typename }";

let app: TestApp;
let directory: string;
let frontend: Client;
let open: Client;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  directory = await mkdtemp(join(tmpdir(), "interview-gateway-documents-"));
  await writeFile(join(directory, "viewer.graphql"), QUERY);
  await writeFile(join(directory, "follow.gql"), FOLLOW);
  const printed = register("--client", "careers", "--only");
  expect(printed).toContain(`${hashDocument(QUERY)} Registered`);
  const documents = trusted(QUERY, FOLLOW);
  await registerDocuments(app.app.services.db, { account: "sample", clientId: "internal", documents, only: false });
  const token = (clientId: string) => issueToken(app.app.services.db, "sample", { scopes: [], clientId });
  frontend = new Client(app.url, await token("careers"));
  open = new Client(app.url, await token("internal"));
});
afterAll(async () => {
  await app.stop();
  await rm(directory, { recursive: true });
});

function register(...rest: string[]): string {
  const args = ["src/main.ts", "documents", directory, "--account", "sample", ...rest];
  const env = { ...process.env, DATABASE_URL: app.databaseUrl };
  return execFileSync(process.execPath, args, { encoding: "utf8", env, stdio: ["ignore", "pipe", "pipe"] });
}

/** Documents under their hashes. */
const trusted = (...texts: string[]) => texts.map((text) => ({ id: hashDocument(text), text }));

type Ask = (client: Client, request: Record<string, unknown>) => Promise<GraphQLResult>;
const overHttp: Ask = async (client, request) => {
  const response = await client.post(JSON.stringify(request));
  return (await response.json()) as GraphQLResult;
};
const overSocket: Ask = async (client, { query = "", ...rest }) => {
  const socket = await client.openSocket();
  try {
    const { value } = await socket.iterate({ query: String(query), ...rest }).next();
    return value as GraphQLResult;
  } catch (errors) {
    return { errors } as GraphQLResult;
  } finally {
    await socket.dispose();
  }
};
const apollo = (text: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hashDocument(text) } } });

describe.each([
  ["HTTP", overHttp],
  ["WebSocket", overSocket],
])("over %s", (_name, ask) => {
  test("a registered document runs by its hash, and by its text", async () => {
    for (const client of [frontend, open]) {
      for (const request of [apollo(QUERY), { query: QUERY }]) {
        expect(await ask(client, request)).toMatchObject({ data: { viewer: { scopes: expect.any(Array) } } });
      }
    }
  });
  test("a client that is restricted runs nothing else; another does", async () => {
    expect((await ask(frontend, { query: OTHER })).errors).toMatchObject([
      { extensions: { code: "DOCUMENT_NOT_TRUSTED" } },
    ]);
    expect(await ask(open, { query: OTHER })).toMatchObject({ data: { __typename: "Query" } });
  });
  test.each(["unknown", "another client's", "without a client"])(
    "a hash that is not registered is refused: %s",
    async (why) => {
      const client = why === "without a client" ? app.client : frontend;
      const { errors } = await ask(
        client,
        apollo(why === "unknown" ? OTHER : why === "another client's" ? `${QUERY} ` : QUERY),
      );
      expect(errors).toMatchObject([{ extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } }]);
    },
  );
});

test("GraphQL over HTTP's documentId says the same", async () => {
  expect(await overHttp(frontend, { documentId: `sha256:${hashDocument(QUERY)}` })).toHaveProperty("data.viewer");
  const response = await frontend.post(JSON.stringify({ documentId: "sha256:nothing" }));
  expect(response.status).toBe(200);
  const strict = await frontend.post(JSON.stringify({ documentId: "sha256:nothing" }), {
    accept: "application/graphql-response+json",
  });
  expect(strict.status).toBe(404);
  expect(strict.headers.get("cache-control")).toBe("no-store");
});

test("a registered subscription runs over server-sent events", async () => {
  const response = await frontend.post(JSON.stringify(apollo(FOLLOW)), { accept: "text/event-stream" });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  await response.body?.cancel();
});

test("what is registered later is found at once", async () => {
  const late = "query Late { __typename }";
  expect((await overHttp(frontend, apollo(late))).errors).toMatchObject([
    { extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } },
  ]);
  await registerDocuments(app.app.services.db, {
    account: "sample",
    clientId: "careers",
    documents: trusted(late),
    only: true,
  });
  expect(await overHttp(frontend, apollo(late))).toMatchObject({ data: { __typename: "Query" } });
});

describe("a registration", () => {
  const mine = "query Mine { __typename }";
  const anything = "query Anything { __typename }";
  let clients: Record<"sample" | "other", Client>;
  const registered = (account: "sample" | "other", documents: string[], only: boolean) =>
    registerDocuments(app.app.services.db, { account, clientId: "shared", documents: trusted(...documents), only });
  beforeAll(async () => {
    const token = (account: string) => issueToken(app.app.services.db, account, { scopes: [], clientId: "shared" });
    clients = {
      sample: new Client(app.url, await token("sample")),
      other: new Client(app.url, await token("other")),
    };
  });

  test("is its account's alone: one of the same name elsewhere knows neither document nor restriction", async () => {
    await registered("sample", [mine], true);
    for (const known of [false, true]) {
      if (known) await registered("other", [], false);
      expect(await overHttp(clients.sample, apollo(mine))).toMatchObject({ data: { __typename: "Query" } });
      expect((await overHttp(clients.other, apollo(mine))).errors).toMatchObject([
        { extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } },
      ]);
      expect(await overHttp(clients.other, { query: anything })).toMatchObject({ data: { __typename: "Query" } });
    }
  });

  test("can lift the restriction of an earlier one, and impose it again", async () => {
    for (const only of [true, false, true]) {
      await registered("sample", [mine], only);
      const { data, errors } = await overHttp(clients.sample, { query: anything });
      expect(errors?.[0]?.extensions?.["code"] ?? data).toEqual(
        only ? "DOCUMENT_NOT_TRUSTED" : { __typename: "Query" },
      );
      expect(await overHttp(clients.sample, { query: mine })).toMatchObject({ data: { __typename: "Query" } });
    }
  });

  test("keeps what earlier ones registered", async () => {
    const next = "query Next { __typename }";
    await registered("sample", [mine], true);
    await registered("sample", [next], true);
    for (const text of [mine, next]) {
      expect(await overHttp(clients.sample, apollo(text))).toMatchObject({ data: { __typename: "Query" } });
    }
  });

  test("for an unknown account is refused", async () => {
    const unknown = { account: "nowhere", clientId: "shared", documents: trusted(mine), only: false };
    await expect(registerDocuments(app.app.services.db, unknown)).rejects.toThrow("There is no account nowhere.");
  });
});

test("documents of which one does not fit the schema are refused, and that one is named", async () => {
  const wrong = await mkdtemp(join(tmpdir(), "interview-gateway-documents-"));
  await writeFile(join(wrong, "wrong.graphql"), "{ nonsense }");
  await expect(readDocuments(wrong, schema)).rejects.toThrow(
    /Nothing was registered:\n {2}wrong.graphql: Cannot query field "nonsense"/,
  );
  await rm(wrong, { recursive: true });
});
