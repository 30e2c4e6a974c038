import {
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import type { GraphQLArgument, GraphQLInputField, GraphQLInputType, GraphQLSchema } from "graphql";

/** What a client can put into a place of a request that belongs to one account. */
export type PlaceKind = "id" | "list cursor" | "event cursor" | "idempotency key";

/** One place of a request where something that belongs to an account can stand. */
export interface Place {
  kind: PlaceKind;
  /** `Type.field`. */
  field: string;
  /** From the argument on: `["input", "mode", "plan", "officeId"]`. */
  path: string[];
  /** Whether it takes a list. */
  list: boolean;
}

/** Strings and lists of strings that are ids, but not of this system; external ids are alike in several accounts. */
const NOT_OURS = new Set(["hackerrankTemplateId", "eventId", "externalId"]);

/**
 * Every such place of the schema, found by walking it.
 * @throws Error for a place that looks like one and that it does not understand
 */
export function findPlaces(schema: GraphQLSchema): Place[] {
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => (isObjectType(type) || isInterfaceType(type)) && !isIntrospectionType(type),
  );
  return types.flatMap((type) =>
    Object.values(isObjectType(type) || isInterfaceType(type) ? type.getFields() : {}).flatMap((field) =>
      field.args.flatMap((argument) => placesIn(`${type.name}.${field.name}`, [], argument)),
    ),
  );
}

function placesIn(field: string, above: string[], input: GraphQLArgument | GraphQLInputField): Place[] {
  const path = [...above, input.name];
  const named = getNamedType(input.type);
  if (isInputObjectType(named)) {
    return Object.values(named.getFields()).flatMap((inner) => placesIn(field, path, inner));
  }
  const place = (kind: PlaceKind): Place[] => [{ kind, field, path, list: isList(input.type) }];
  if (named.name === "ID") return place("id");
  if (named.name === "EventCursor") return place("event cursor");
  if (named.name === "String" && ["after", "before"].includes(input.name)) return place("list cursor");
  if (input.name === "idempotencyKey") return place("idempotency key");
  if (/(ids?|cursor|key)$/i.test(input.name) && !NOT_OURS.has(input.name)) {
    throw new Error(`${field} ${path.join(".")} looks like something of an account: say what it is.`);
  }
  return [];
}

const isList = (type: GraphQLInputType): boolean => isListType(isNonNullType(type) ? type.ofType : type);
