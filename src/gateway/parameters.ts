import { GraphQLError } from "graphql";
import type { GraphQLParams, Plugin } from "graphql-yoga";
import { RequestError } from "../core/error.ts";
import { isObject, isObjectOrNothing, isTextOrNothing } from "../core/json.ts";

const NAMES = ["query", "operationName", "documentId"] as const;
const OBJECTS = ["variables", "extensions"] as const;

/** Reads the parameters of a request; a fault in them is reported in a sentence. */
export function useParameters(): Plugin {
  return {
    onRequestParse({ request, setRequestParser }) {
      if (request.method === "GET") setRequestParser(() => readSearch(request.url));
      if (request.method === "POST") setRequestParser(async (posted) => readParameters(await textOf(posted)));
    },
  };
}

function readSearch(url: string): GraphQLParams {
  const search = new URLSearchParams(url.includes("?") ? url.slice(url.indexOf("?")) : "");
  const params: Record<string, unknown> = {};
  for (const name of [...NAMES, ...OBJECTS]) {
    const [value, ...others] = search.getAll(name);
    if (others.length > 0) throw wrong(`The parameter ${name} is there ${others.length + 1} times. Send it once.`);
    if (value) params[name] = value;
  }
  for (const name of OBJECTS) {
    const text = params[name];
    if (typeof text === "string") params[name] = parse(text, `The parameter ${name}`);
  }
  return check(params);
}

async function textOf(request: Request): Promise<string> {
  try {
    return await request.text();
  } catch (error) {
    // Of the limit on bodies.
    if (error instanceof GraphQLError) throw error;
    throw wrong("The body of the request cannot be read. Send it whole, in UTF-8.");
  }
}

/** @throws RequestError BAD_REQUEST */
export const readParameters = (text: string): GraphQLParams => check(parse(text, "The body of the request"));

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong(`${place} is no JSON. Correct it.`);
  }
}

function check(params: unknown): GraphQLParams {
  if (Array.isArray(params)) throw wrong("Several operations in one request are not supported. Send them one by one.");
  if (!isObject(params)) throw wrong("The body of the request must be a JSON object.");
  for (const name of NAMES) {
    if (!isTextOrNothing(params[name])) throw wrong(`${name} must be a text.`);
  }
  for (const name of OBJECTS) {
    if (!isObjectOrNothing(params[name])) throw wrong(`${name} must be an object.`);
  }
  return params;
}

const wrong = (message: string) => new RequestError("BAD_REQUEST", message);
