import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse, print } from "graphql";
import { afterEach, expect, test } from "vitest";
import { hashDocument } from "../../src/document/registry.ts";
import { readDocuments } from "../../src/document/files.ts";
import { schema } from "../../src/schema.ts";

const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

async function write(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "interview-gateway-documents-"));
  directories.push(directory);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  return directory;
}

/** Reads one manifest. */
const readManifest = async (manifest: unknown) =>
  readDocuments(join(await write({ "manifest.json": JSON.stringify(manifest) }), "manifest.json"), schema);

const NAME = "query Name { viewer { user { ...Person } } }\n";
const PERSON = "fragment Person on User { id ...Office }\n";
const OFFICE = "fragment Office on User { name }\n";
const printed = (...texts: string[]) => print(parse(texts.join("\n")));

test("a file is registered as it is, without its last line feed, and as graphql-js prints it", async () => {
  const text = "query Viewer { viewer { scopes } }\n";
  const documents = await readDocuments(await write({ "viewer.graphql": text }), schema);
  const texts = [text, text.trimEnd(), printed(text)];
  expect(documents).toEqual(texts.map((it) => ({ id: hashDocument(it), text: it })));
});

test("fragments of other files come with the documents that use them, directly or through others", async () => {
  const directory = await write({ "a/name.graphql": NAME, "b/person.gql": PERSON, "office.graphql": OFFICE });
  const text = printed(NAME, PERSON, OFFICE);
  expect(await readDocuments(directory, schema)).toEqual([{ id: hashDocument(text), text }]);
});

test("fragments that use each other are refused in words", async () => {
  const directory = await write({
    "name.graphql": NAME,
    "person.graphql": PERSON,
    "office.graphql": "fragment Office on User { ...Person }",
  });
  await expect(readDocuments(directory, schema)).rejects.toThrow(
    'name.graphql: Cannot spread fragment "Person" within itself via "Office".',
  );
});

test.each([
  ["a fragment that is nowhere", { "name.graphql": NAME }, 'name.graphql: Unknown fragment "Person".'],
  [
    "a name that two fragments have",
    { "name.graphql": NAME, "a.graphql": OFFICE, "b.graphql": OFFICE },
    "b.graphql: a.graphql has a fragment Office as well",
  ],
  ["what cannot be parsed", { "name.graphql": "query {" }, "name.graphql: Syntax Error"],
  ["fragments alone", { "a.graphql": OFFICE }, "There is no document in"],
])("%s is refused", async (_what, files, message) => {
  await expect(readDocuments(await write(files), schema)).rejects.toThrow(message);
});

test.each([
  ["Relay's and graphql-codegen's map", { abc: printed("query A { __typename }") }],
  [
    "Apollo's manifest",
    {
      format: "apollo-persisted-query-manifest",
      version: 1,
      operations: [{ id: "abc", name: "A", type: "query", body: printed("query A { __typename }") }],
    },
  ],
])("%s keeps its ids", async (_what, manifest) => {
  expect(await readManifest(manifest)).toEqual([{ id: "abc", text: printed("query A { __typename }") }]);
});

test.each([
  [[], "is no manifest"],
  ["text", "is no manifest"],
  [{}, "There is no document in"],
  [{ abc: 7 }, "is no manifest"],
  [{ ["x".repeat(256)]: "{ __typename }" }, "is no manifest"],
  [{ format: "apollo-persisted-query-manifest", version: 2, operations: [] }, "is no manifest"],
  [{ abc: "{ nonsense }" }, 'abc: Cannot query field "nonsense"'],
  [{ abc: "{" }, "abc: Syntax Error"],
])("%j is refused", async (manifest, message) => {
  await expect(readManifest(manifest)).rejects.toThrow(message);
});

test("what is no file, or no JSON, is said", async () => {
  const directory = await write({ "manifest.json": "{" });
  await expect(readDocuments(join(directory, "nothing"), schema)).rejects.toThrow("There is no ");
  await expect(readDocuments(join(directory, "manifest.json"), schema)).rejects.toThrow("is no JSON");
});
