import { glob, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { GraphQLError, Kind, parse, print, validate, visit } from "graphql";
import type { DefinitionNode, DocumentNode, FragmentDefinitionNode, GraphQLSchema } from "graphql";
import { z } from "zod";
import { hashDocument, MAX_DOCUMENT_ID } from "./registry.ts";
import type { TrustedDocument } from "./registry.ts";
import { StartError } from "../core/error.ts";

/** A document with the place that it was found at, for messages. */
interface Found extends TrustedDocument {
  place: string;
}

/**
 * Reads the documents of a frontend: of every `.graphql` and `.gql` file under a directory, or of a manifest.
 * @throws StartError that names each document that does not fit the schema
 */
export async function readDocuments(path: string, schema: GraphQLSchema): Promise<TrustedDocument[]> {
  const entry = await stat(path).catch((cause: unknown) => {
    throw new StartError(`There is no ${path}.`, { cause });
  });
  const found = entry.isDirectory() ? await readDirectory(path) : await readManifest(path);
  if (found.length === 0) throw new StartError(`There is no document in ${path}.`);
  const problems = found.flatMap(({ place, text }) => findProblems(text, schema).map((it) => `${place}: ${it}`));
  if (problems.length > 0) throw refused(...new Set(problems));
  return found.map(({ id, text }) => ({ id, text }));
}

const id = z.string().min(1).max(MAX_DOCUMENT_ID);
const text = z.string().min(1);
/** What Apollo's `generate-persisted-query-manifest` writes. */
const apolloManifest = z.object({
  format: z.literal("apollo-persisted-query-manifest"),
  version: z.literal(1),
  operations: z.array(z.object({ id, body: text })),
});
/** Texts by their ids: graphql-codegen's `persisted-documents.json`, and the file of Relay's `persistConfig`. */
const persistedMap = z.record(id, text);

async function readManifest(file: string): Promise<Found[]> {
  const read = z.union([apolloManifest, persistedMap]).safeParse(await readJson(file));
  if (!read.success) {
    throw new StartError(
      `${file} is no manifest. Give Apollo's operation manifest, graphql-codegen's persisted-documents.json or Relay's ` +
        "persisted map.",
    );
  }
  const { data } = read;
  const entries = isApollo(data) ? data.operations.map((it) => [it.id, it.body] as const) : Object.entries(data);
  return entries.map(([id, text]) => ({ id, text, place: id }));
}

const isApollo = (manifest: object): manifest is z.infer<typeof apolloManifest> =>
  apolloManifest.safeParse(manifest).success;

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new StartError(`${file} is no JSON.`, { cause });
  }
}

interface SourceFile {
  name: string;
  text: string;
  definitions: readonly DefinitionNode[];
}

/** Each file with an operation is a document, together with the fragments of other files that it uses. */
async function readDirectory(directory: string): Promise<Found[]> {
  const names = (await Array.fromAsync(glob("**/*.{graphql,gql}", { cwd: directory }))).toSorted();
  const files = await Promise.all(names.map((name) => readSource(directory, name)));
  const fragments = collectFragments(files);
  return files
    .filter(({ definitions }) => definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION))
    .flatMap(({ name, text, definitions }) => {
      const elsewhere = [...usedFragments(definitions, fragments)].filter((it) => !definitions.includes(it));
      const printed = print({ kind: Kind.DOCUMENT, definitions: [...definitions, ...elsewhere] });
      const texts = elsewhere.length > 0 ? [printed] : new Set([text, text.trimEnd(), printed]);
      return [...texts].map((it) => ({ id: hashDocument(it), text: it, place: name }));
    });
}

async function readSource(directory: string, name: string): Promise<SourceFile> {
  const text = await readFile(join(directory, name), "utf8");
  try {
    return { name, text, definitions: parse(text).definitions };
  } catch (error) {
    throw error instanceof GraphQLError ? refused(`${name}: ${error.message}`) : error;
  }
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** @throws StartError for a name that two fragments have: a document could mean either */
function collectFragments(files: readonly SourceFile[]): Fragments {
  const places = new Map<string, string>();
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const file of files) {
    for (const definition of file.definitions) {
      if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
      const name = definition.name.value;
      const other = places.get(name);
      if (other !== undefined) throw refused(`${file.name}: ${other} has a fragment ${name} as well`);
      places.set(name, file.name);
      fragments.set(name, definition);
    }
  }
  return fragments;
}

/** The fragments that definitions spread, and those that these spread in turn. */
function usedFragments(definitions: readonly DefinitionNode[], fragments: Fragments): Set<FragmentDefinitionNode> {
  const used = new Set<FragmentDefinitionNode>();
  const collect = (document: DocumentNode) =>
    visit(document, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (!fragment || used.has(fragment)) return;
        used.add(fragment);
        collect({ kind: Kind.DOCUMENT, definitions: [fragment] });
      },
    });
  collect({ kind: Kind.DOCUMENT, definitions });
  return used;
}

function findProblems(text: string, schema: GraphQLSchema): string[] {
  try {
    return validate(schema, parse(text)).map(({ message }) => message);
  } catch (error) {
    if (error instanceof GraphQLError) return [error.message];
    throw error;
  }
}

function refused(...problems: readonly string[]): StartError {
  return new StartError(["Nothing was registered:", ...problems.map((it) => `  ${it}`)].join("\n"));
}
