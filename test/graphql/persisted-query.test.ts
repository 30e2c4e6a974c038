import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashDocument, registerDocuments } from "../../src/document/registry.ts";
import { issueToken } from "../../src/account/issue.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { Client } from "../support/client.ts";
import type { GraphQLResult } from "../support/client.ts";
import { beginPlain, endPlain } from "../support/plain-socket.ts";

let app: TestApp;
let clients: Record<"of no client" | "of a client" | "restricted", Client>;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  const register = async (clientId: string, only: boolean) => {
    const documents = [{ id: "d41d8cd98f00b204e9800998ecf8427e", text: "query Carried { __typename }" }];
    await registerDocuments(app.app.services.db, { account: "sample", clientId, documents, only });
    return new Client(app.url, await issueToken(app.app.services.db, "sample", { scopes: [], clientId }));
  };
  clients = {
    "of no client": app.client,
    "of a client": await register("internal", false),
    restricted: await register("careers", true),
  };
});
afterAll(() => app.stop());

type Body = Record<string, unknown>;
type Ask = (client: Client, body: Body) => Promise<GraphQLResult>;

const overPost: Ask = async (client, body) => (await client.post(JSON.stringify(body))).json() as never;

const overGet: Ask = async (client, body) => {
  const said = Object.entries(body).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const response = await fetch(`${client.url}/graphql?${new URLSearchParams(said)}`, {
    headers: { authorization: `Bearer ${client.token}` },
  });
  return response.json() as never;
};

const overEventStream: Ask = async (client, body) => {
  const response = await client.post(JSON.stringify(body), { accept: "text/event-stream" });
  return JSON.parse(/^data: (\{.*)$/m.exec(await response.text())?.[1] ?? "");
};

/** After its answer the socket must still be open. */
const overSocket: Ask = async (client, body) => {
  const opened = await beginPlain(client.url, `Bearer ${client.token}`);
  opened.send({ id: "1", type: "subscribe", payload: body });
  const { type, payload } = await opened.next();
  opened.send({ type: "ping" });
  if (type === "next") expect(await opened.next()).toEqual({ id: "1", type: "complete" });
  expect(await opened.next()).toEqual({ type: "pong" });
  await endPlain(opened);
  return type === "error" ? { errors: payload } : payload;
};

let count = 0;
/** A document that nobody has sent. */
const fresh = () => `query Fresh${(count += 1)} { __typename }`;
const byHash = (text: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hashDocument(text) } } });
const code = ({ errors }: GraphQLResult) => errors?.map(({ extensions }) => extensions?.["code"]);

describe.each([
  ["POST", overPost],
  ["GET", overGet],
  ["event stream", overEventStream],
  ["socket", overSocket],
])("automatic persisted queries by %s", (_transport, ask) => {
  test.each(["of no client", "of a client"] as const)(
    "a token %s sends the hash, then hash and text, then the hash alone",
    async (who) => {
      const text = fresh();
      const [missed] = (await ask(clients[who], byHash(text))).errors ?? [];
      expect(missed).toEqual({ message: "PersistedQueryNotFound", extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } });
      for (const body of [{ query: text, ...byHash(text) }, byHash(text)]) {
        expect(await ask(clients[who], body)).toMatchObject({ data: { __typename: "Query" } });
      }
      // Another account's is another.
      expect(code(await ask(app.other, byHash(text)))).toEqual(["PERSISTED_QUERY_NOT_FOUND"]);
    },
  );

  test("a hash of another text is refused, and not remembered", async () => {
    const [text, other] = [fresh(), fresh()];
    expect(code(await ask(app.client, { query: text, ...byHash(other) }))).toEqual(["BAD_REQUEST"]);
    expect(code(await ask(app.client, byHash(other)))).toEqual(["PERSISTED_QUERY_NOT_FOUND"]);
  });

  test("a client that may send registered documents alone sends nothing else by them", async () => {
    const text = fresh();
    await ask(clients["of a client"], { query: text, ...byHash(text) });
    expect(code(await ask(clients.restricted, byHash(text)))).toEqual(["PERSISTED_QUERY_NOT_FOUND"]);
    expect(code(await ask(clients.restricted, { query: text, ...byHash(text) }))).toEqual(["DOCUMENT_NOT_TRUSTED"]);
    const carried = { documentId: "d41d8cd98f00b204e9800998ecf8427e" };
    expect(code(await ask(clients.restricted, { query: text, ...carried }))).toEqual(["DOCUMENT_NOT_TRUSTED"]);
  });

  test("a registered document runs by the id that its manifest carries, with its text or without", async () => {
    for (const client of [clients.restricted, clients["of a client"]]) {
      for (const query of [undefined, "query Carried { __typename }"]) {
        const body = { documentId: "d41d8cd98f00b204e9800998ecf8427e", ...(query && { query }) };
        expect(await ask(client, body)).toMatchObject({ data: { __typename: "Query" } });
      }
    }
  });

  test.each(["\u0000", "\ud800", "x".repeat(256), "sha256:", "__proto__"])("no id is a bug of ours: %j", async (id) => {
    const errors = code(
      await ask(clients.restricted, { documentId: id, extensions: { persistedQuery: { sha256Hash: id } } }),
    );
    expect(errors).toHaveLength(1);
    expect(errors).not.toEqual(["INTERNAL_SERVER_ERROR"]);
  });
});

test("an id under which another text is registered is refused", async () => {
  const documents = [{ id: "d41d8cd98f00b204e9800998ecf8427e", text: "query Other { __typename }" }];
  const again = { account: "sample", clientId: "careers", documents, only: true };
  await expect(registerDocuments(app.app.services.db, again)).rejects.toThrow(
    "Another document is registered under the id d41d8cd98f00b204e9800998ecf8427e.",
  );
});
