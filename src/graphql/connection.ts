import { builder } from "./builder.ts";
import type { SchemaTypes } from "./builder.ts";

type Name = keyof SchemaTypes["Objects"];

/** The connection type of a noun: `InterviewConnection` with `InterviewEdge`. */
export function defineConnection<N extends Name>(type: N) {
  return builder.connectionObject(
    { type, name: `${type}Connection`, description: `A page of a list of ${type} objects.` },
    { name: `${type}Edge`, description: `One ${type} and its position in the list.` },
  );
}
