import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { generatePersistedQueryIdsFromManifest } from "@apollo/persisted-query-lists";
import { preset } from "@graphql-codegen/client-preset";
import { codegen } from "@graphql-codegen/core";
import { Client as UrqlClient, fetchExchange, subscriptionExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { buildSchema, OperationTypeNode, parse } from "graphql";
import type { DocumentNode } from "graphql";
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createSocketClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { issueToken } from "../../src/account/issue.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { Client } from "../support/client.ts";
import { adHoc, createInterview } from "../support/interview.ts";
import { follow as followWithRelay } from "./snippet/relay.ts";
import { FOLLOW, LIST } from "./snippet/screen.ts";
import type { Followed, Interview, InterviewEvent, Listed } from "./snippet/screen.ts";

let app: TestApp;
let directory: string;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  directory = await mkdtemp(join(tmpdir(), "interview-gateway-clients-"));
});
afterAll(async () => {
  await app.stop();
  await rm(directory, { recursive: true });
});

/** Registers a manifest for a client that may send nothing else; its token. */
async function register(manifest: string, clientId: string): Promise<string> {
  const args = ["src/main.ts", "documents", manifest, "--account", "sample", "--client", clientId, "--only"];
  const env = { ...process.env, DATABASE_URL: app.databaseUrl };
  execFileSync(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const token = await issueToken(app.app.services.db, "sample", { scopes: [], clientId });
  const { errors } = await new Client(app.url, token).send("{ viewer { scopes } }");
  expect(errors).toMatchObject([{ extensions: { code: "DOCUMENT_NOT_TRUSTED" } }]);
  return token;
}

const write = async (file: string, text: string) => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
};

const endpoint = () => `${app.url}/graphql`;
const openSocket = (token: string) =>
  createSocketClient({
    url: endpoint().replace("http", "ws"),
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });

let day = 0;
const change = () => createInterview(app.client, adHoc({}, { startTime: `2027-05-${10 + (day += 1)}T10:00` }));

/** Lists, follows and makes one change; whether that was told. */
async function seesChange(
  list: () => Promise<Listed | undefined>,
  follow: (after: string, take: (followed: Followed | null | undefined) => void) => () => void,
): Promise<boolean> {
  const after = (await list())?.interviews.asOfCursor ?? "";
  expect(after).not.toBe("");
  const told = Promise.withResolvers<Followed | null | undefined>();
  const end = follow(after, told.resolve);
  const id = await change();
  const { interviewEvents: item } = (await told.promise) ?? {};
  end();
  return item?.__typename === "InterviewEvent" && item.interview?.id === id;
}

test("Apollo: the documents of generate-persisted-query-manifest run by the ids of generatePersistedQueryIdsFromManifest", async () => {
  const home = join(directory, "apollo");
  await write(
    join(home, "src", "documents.ts"),
    `import { gql } from "@apollo/client"; gql\`${LIST}\`; gql\`${FOLLOW}\`;`,
  );
  const program = resolve("node_modules/.bin/generate-persisted-query-manifest");
  execFileSync(program, { cwd: home, stdio: ["ignore", "pipe", "pipe"] });
  const manifest = join(home, "persisted-query-manifest.json");
  const token = await register(manifest, "apollo");

  const ids = new PersistedQueryLink(
    generatePersistedQueryIdsFromManifest({ loadManifest: async () => JSON.parse(await readFile(manifest, "utf8")) }),
  );
  const socket = openSocket(token);
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ids.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      new HttpLink({ uri: endpoint(), headers: { authorization: `Bearer ${token}` } }),
    ),
  });
  expect(
    await seesChange(
      async () => (await client.query<Listed>({ query: gql(LIST) })).data,
      (after, take) => {
        const followed = client.subscribe<Followed>({ query: gql(FOLLOW), variables: { after } });
        const subscription = followed.subscribe(({ data }) => take(data));
        return () => subscription.unsubscribe();
      },
    ),
  ).toBe(true);
  await socket.dispose();
});

describe.each(["sha1", "sha256"] as const)("graphql-codegen's persistedDocuments with %s", (hashAlgorithm) => {
  let token: string;
  let documents: Record<"ListDocument" | "FollowDocument", DocumentNode & { __meta__: { hash: string } }>;
  beforeAll(async () => {
    const home = join(directory, hashAlgorithm);
    const sdl = await readFile("schema.graphql", "utf8");
    const sections = await preset.buildGeneratesSection({
      baseOutputDir: `${home}/`,
      schema: parse(sdl),
      schemaAst: buildSchema(sdl),
      documents: [LIST, FOLLOW].map((text, index) => ({
        location: `${index}.ts`,
        rawSDL: text,
        document: parse(text),
      })),
      config: { useTypeImports: true },
      presetConfig: { persistedDocuments: { hashAlgorithm } },
      plugins: [],
      pluginMap: {},
    });
    for (const section of sections) await write(section.filename, await codegen(section));
    token = await register(join(home, "persisted-documents.json"), hashAlgorithm);
    documents = await import(/* @vite-ignore */ join(home, "graphql.ts"));
  });

  test("run by their hashes in urql", async () => {
    const socket = openSocket(token);
    const client = new UrqlClient({
      url: endpoint(),
      preferGetMethod: false,
      fetchOptions: { headers: { authorization: `Bearer ${token}` } },
      exchanges: [
        persistedExchange({
          enforcePersistedQueries: true,
          enableForSubscriptions: true,
          preferGetForPersistedQueries: false,
          // By name, since urql hands over the first document that it has seen of a text: here the other algorithm's.
          generateHash: async (text) =>
            documents[text.includes("query List") ? "ListDocument" : "FollowDocument"].__meta__.hash,
        }),
        fetchExchange,
        subscriptionExchange({
          forwardSubscription: ({ query = "", ...rest }) => ({
            subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, ...rest }, sink as never) }),
          }),
        }),
      ],
    });
    expect(
      await seesChange(
        async () => (await client.query<Listed>(documents.ListDocument, {}).toPromise()).data,
        (after, take) => {
          const followed = client.subscription<Followed>(documents.FollowDocument, { after });
          const subscription = followed.subscribe(({ data }) => take(data));
          return () => subscription.unsubscribe();
        },
      ),
    ).toBe(true);
    await socket.dispose();
  });

  test.each(["documentId", "extensions"])("run by their hashes in graphql-ws and graphql-sse, as %s", async (form) => {
    const byHash = ({ __meta__: { hash } }: typeof documents.ListDocument) => ({
      query: "",
      ...(form === "documentId"
        ? { documentId: hash }
        : { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } }),
    });
    const socket = openSocket(token);
    const events = createSseClient({ url: endpoint(), headers: { authorization: `Bearer ${token}` } });
    for (const client of [socket, events]) {
      expect(
        await seesChange(
          async () => (await client.iterate<Listed>(byHash(documents.ListDocument)).next()).value?.data,
          (after, take) =>
            client.subscribe<Followed>(
              { ...byHash(documents.FollowDocument), variables: { after } },
              { next: ({ data }) => take(data), error: () => take(null), complete: () => {} },
            ),
        ),
      ).toBe(true);
    }
    await socket.dispose();
    events.dispose();
  });

  test("run by their hashes in an EventSource's ticket", async () => {
    const { hash } = documents.FollowDocument.__meta__;
    const response = await fetch(`${endpoint()}/ticket`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ documentId: hash }),
    });
    const { url } = (await response.json()) as { url: string };
    const id = await change();
    const stream = await fetch(`${app.url}${url}`, { headers: { accept: "text/event-stream" } });
    let text = "";
    for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if (text.includes(id)) break;
    }
    expect(text).toContain("event: next");
  });
});

/** Runs relay-compiler as it is configured for the snippet, with more settings; the folder that it has written to. */
async function compileRelay(name: string, more: object = {}): Promise<string> {
  const home = join(directory, name);
  await mkdir(join(home, "__generated__"), { recursive: true });
  await copyFile("test/clients/snippet/relay-operation.ts", join(home, "relay-operation.ts"));
  await copyFile("schema.graphql", join(home, "schema.graphql"));
  await write(join(home, "persisted.json"), "{}");
  const settings = JSON.parse(await readFile("test/clients/snippet/relay.config.json", "utf8"));
  await write(join(home, "relay.config.json"), JSON.stringify({ ...settings, schema: "./schema.graphql", ...more }));
  const program = resolve("node_modules/.bin/relay-compiler");
  execFileSync(program, ["relay.config.json"], { cwd: home, stdio: ["ignore", "pipe", "pipe"] });
  return home;
}

test("Relay: the documents of persistConfig run by their ids", async () => {
  const home = await compileRelay("relay", { persistConfig: { file: "./persisted.json", algorithm: "MD5" } });
  const token = await register(join(home, "persisted.json"), "relay");
  const artifact = async (name: string) =>
    (await import(/* @vite-ignore */ join(home, "__generated__", `relayOperation${name}.graphql.ts`))).default;

  const lists: (readonly Interview[])[] = [];
  const events: InterviewEvent[] = [];
  const screen = {
    show: (list: readonly Interview[]) => lists.push(list),
    change: (event: InterviewEvent) => events.push(event),
  };
  const documents = { list: await artifact("ListQuery"), follow: await artifact("FollowSubscription") };
  expect(documents.list.params.text).toBeNull();
  const stop = followWithRelay({ url: endpoint(), token: async () => token, screen }, documents);
  await vi.waitUntil(() => lists.length > 0, { timeout: 20_000 });
  const id = await change();
  await vi.waitUntil(() => events.length > 0, { timeout: 20_000 });
  expect(events.map(({ interview }) => interview?.id)).toEqual([id]);
  stop();
});

test("what relay-compiler has generated beside the snippet is of its documents", async () => {
  const home = await compileRelay("fresh");
  for (const name of ["ListQuery", "FollowSubscription"]) {
    const file = join("__generated__", `relayOperation${name}.graphql.ts`);
    expect(await readFile(join("test/clients/snippet", file), "utf8")).toBe(await readFile(join(home, file), "utf8"));
  }
});

describe("automatic persisted queries", () => {
  const requests: string[] = [];
  /** Notes what is sent: the method, and whether the text is in it. */
  const noted = async (input: string | URL | Request, init: RequestInit = {}) => {
    const said = JSON.stringify([input, init.body]);
    requests.push(`${init.method ?? "GET"} ${/[?&"]query(?:=|\\?")/.test(said) ? "text" : "hash"}`);
    return fetch(input, init);
  };
  const text = () => `query Automatic${(day += 1)} { viewer { scopes } }`;
  const headers = () => ({ authorization: `Bearer ${app.client.token}` });

  test.each([
    [false, ["POST hash", "POST text", "POST hash"]],
    [true, ["GET hash", "POST text", "GET hash"]],
  ])("Apollo's link, by GET: %j", async (useGETForHashedQueries, expected) => {
    requests.length = 0;
    const query = gql(text());
    for (let round = 0; round < 2; round += 1) {
      const sha256 = (it: string) => createHash("sha256").update(it).digest("hex");
      const link = ApolloLink.from([
        new PersistedQueryLink({ sha256, useGETForHashedQueries }),
        new HttpLink({ uri: endpoint(), headers: headers(), fetch: noted }),
      ]);
      const { data } = await new ApolloClient({ cache: new InMemoryCache(), link }).query({ query });
      expect(data).toMatchObject({ viewer: { scopes: expect.any(Array) } });
    }
    expect(requests).toEqual(expected);
  });

  test.each([
    [false, ["POST hash", "POST text", "POST hash"]],
    ["within-url-limit" as const, ["GET hash", "GET text", "GET hash"]],
  ])("urql's exchange, by GET: %j", async (preferGetForPersistedQueries, expected) => {
    requests.length = 0;
    const query = text();
    for (let round = 0; round < 2; round += 1) {
      const client = new UrqlClient({
        url: endpoint(),
        preferGetMethod: false,
        fetch: noted,
        fetchOptions: { headers: headers() },
        exchanges: [persistedExchange({ preferGetForPersistedQueries }), fetchExchange],
      });
      const { data } = await client.query(query, {}).toPromise();
      expect(data).toMatchObject({ viewer: { scopes: expect.any(Array) } });
    }
    expect(requests).toEqual(expected);
  });
});
