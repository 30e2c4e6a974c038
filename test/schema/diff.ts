import { CriticalityLevel, diff, DiffRule } from "@graphql-inspector/core";
import type { Change } from "@graphql-inspector/core";
import { buildSchema, isRequiredArgument, isRequiredInputField, resolveSchemaCoordinate } from "graphql";
import type { GraphQLSchema } from "graphql";

/** What a change does to clients: may break a request, may surprise a program that reads the answer, or neither. */
export const LEVELS = ["breaking", "dangerous", "safe"] as const;
export type Level = (typeof LEVELS)[number];

/** One change. `coordinate` names the element as the specification does: `Interview.name`, `Query.node(id:)`. */
export interface SchemaChange {
  level: Level;
  coordinate: string;
  message: string;
}

/** What changed between two schema texts, the worst first. */
export async function compareSchemas(before: string, after: string): Promise<SchemaChange[]> {
  const [old, current] = [buildSchema(before), buildSchema(after)];
  const all = await diff(old, current);
  const isSafe = (change: Change) => change.criticality.level === CriticalityLevel.NonBreaking;
  // The rule that leaves out what an added type implies also drops a member that left a union which another one joined.
  const safe = await DiffRule.simplifyChanges({
    changes: all.filter(isSafe),
    oldSchema: old,
    newSchema: current,
    config: undefined,
  });
  const changes = [...all.filter((change) => !isSafe(change)), ...safe].map((change) => judge(change, current));
  return LEVELS.flatMap((level) => changes.filter((change) => change.level === level));
}

function judge({ path, message, criticality }: Change, current: GraphQLSchema): SchemaChange {
  const coordinate = coordinateOf(path);
  if (criticality.level === CriticalityLevel.Breaking) return { level: "breaking", coordinate, message };
  if (criticality.level === CriticalityLevel.NonBreaking) return { level: "safe", coordinate, message };
  return { level: lostItsDefault(coordinate, message, current) ? "breaking" : "dangerous", coordinate, message };
}

/** A default that leaves a non-null input makes it required; the library calls every change of a default dangerous. */
function lostItsDefault(coordinate: string, message: string, current: GraphQLSchema): boolean {
  if (!/default value.* to 'undefined'$/is.test(message)) return false;
  const element = resolveSchemaCoordinate(current, coordinate);
  if (element?.kind === "FieldArgument") return isRequiredArgument(element.fieldArgument);
  if (element?.kind === "DirectiveArgument") return isRequiredArgument(element.directiveArgument);
  return element?.kind === "InputField" && isRequiredInputField(element.inputField);
}

/** The library writes `Query.node.id` for an argument, and `Query.node.@deprecated` for a directive on a field. */
function coordinateOf(path: string | undefined): string {
  if (path === undefined) return "schema";
  const [owner = "", member, argument] = path.replace(/\.@.*$/, "").split(".");
  if (member === undefined) return owner;
  if (owner.startsWith("@")) return `${owner}(${member}:)`;
  return argument === undefined ? `${owner}.${member}` : `${owner}.${member}(${argument}:)`;
}
