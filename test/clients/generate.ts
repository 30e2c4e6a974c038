import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { preset } from "@graphql-codegen/client-preset";
import { codegen } from "@graphql-codegen/core";
import { minifyIntrospection, outputIntrospectionFile } from "@gql.tada/internal";
import { buildSchema, introspectionFromSchema, parse } from "graphql";
import * as documents from "./frontend/document.ts";

export const CLIENTS = ["codegen", "tada"] as const;
export type Client = (typeof CLIENTS)[number];

const CUSTOM_SCALARS = ["DateTime", "DateTimeInput", "EventCursor", "LocalDateTime", "TimeZone", "URL"];

/** Writes what each client generates from a schema, and a tsconfig for each, into a folder beside this file. */
export async function generate(sdl: string, folder: string): Promise<void> {
  const directory = join(import.meta.dirname, "generated", folder);
  write(join(directory, "tada.d.ts"), tadaTypes(sdl));
  for (const file of await codegenFiles(sdl, join(directory, "codegen"))) write(file.name, file.text);
  for (const client of CLIENTS) write(join(directory, `tsconfig.${client}.json`), tsconfig(client));
}

/** What `gql.tada generate-output` writes; the command itself does not start beside TypeScript 7. */
function tadaTypes(sdl: string): string {
  const introspection = minifyIntrospection(introspectionFromSchema(buildSchema(sdl), { oneOf: true }));
  return outputIntrospectionFile(introspection, { fileType: ".d.ts", shouldPreprocess: true });
}

async function codegenFiles(sdl: string, directory: string): Promise<{ name: string; text: string }[]> {
  const sections = await preset.buildGeneratesSection({
    baseOutputDir: `${directory}/`,
    schema: parse(sdl),
    schemaAst: buildSchema(sdl),
    documents: Object.entries(documents).map(([location, text]) => ({ location, rawSDL: text, document: parse(text) })),
    config: { useTypeImports: true, scalars: Object.fromEntries(CUSTOM_SCALARS.map((name) => [name, "string"])) },
    presetConfig: {},
    plugins: [],
    pluginMap: {},
  });
  return Promise.all(sections.map(async (section) => ({ name: section.filename, text: await codegen(section) })));
}

function tsconfig(client: Client): string {
  return JSON.stringify({
    extends: "../../frontend/tsconfig.json",
    compilerOptions: { paths: { "#client": [`../../frontend/${client}.ts`], "#generated/*": ["./*"] } },
    include: ["../../frontend/expectation.ts"],
  });
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
