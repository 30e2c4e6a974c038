import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { GraphQLError, parse, validate } from "graphql";
import type { GraphQLSchema } from "graphql";
import { StartError } from "../core/error.ts";

/**
 * Reads every `.graphql` and `.gql` file under a directory: each is one document, registered as its text is.
 * @throws StartError that names each file that does not fit the schema
 */
export async function readDocuments(directory: string, schema: GraphQLSchema): Promise<string[]> {
  const files = (await Array.fromAsync(glob("**/*.{graphql,gql}", { cwd: directory }))).toSorted();
  if (files.length === 0) throw new StartError(`There is no .graphql file under ${directory}.`);
  const texts = await Promise.all(files.map((file) => readFile(join(directory, file), "utf8")));
  const problems = texts.flatMap((text, index) => findProblems(text, schema).map((it) => `  ${files[index]}: ${it}`));
  if (problems.length > 0) throw new StartError(["Nothing was registered:", ...problems].join("\n"));
  return texts;
}

function findProblems(text: string, schema: GraphQLSchema): string[] {
  try {
    return validate(schema, parse(text)).map(({ message }) => message);
  } catch (error) {
    if (error instanceof GraphQLError) return [error.message];
    throw error;
  }
}
