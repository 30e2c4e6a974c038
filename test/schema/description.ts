import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
} from "graphql";
import type { GraphQLArgument, GraphQLNamedType, GraphQLSchema } from "graphql";

/** An element of a schema: its coordinate, such as `Query.node(id:)`, its own name and its description. */
export interface Element {
  coordinate: string;
  name: string;
  description: string;
}

/** Every element that the schema defines itself: types, fields, arguments, input fields, enum values, directives. */
export function elementsOf(schema: GraphQLSchema): Element[] {
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  const directives = schema.getDirectives().filter((directive) => !isSpecifiedDirective(directive));
  return [
    ...types.flatMap((type) => [element(type.name, type), ...members(type)]),
    ...directives.flatMap((directive) => {
      const coordinate = `@${directive.name}`;
      return [element(coordinate, directive), ...argumentsOf(coordinate, directive.args)];
    }),
  ];
}

/** Why a description is none: it is empty, no sentence, or says the name again. Null for a good one. */
export function faultOf({ name, description }: Element): "missing" | "not a sentence" | "only the name" | null {
  if (description.trim() === "") return "missing";
  if (!/^[\p{Lu}\d`"].*\.$/su.test(description)) return "not a sentence";
  return words(description) === words(name) ? "only the name" : null;
}

function members(type: GraphQLNamedType): Element[] {
  const coordinate = (name: string) => `${type.name}.${name}`;
  if (isEnumType(type)) return type.getValues().map((value) => element(coordinate(value.name), value));
  if (isInputObjectType(type))
    return Object.values(type.getFields()).map((field) => element(coordinate(field.name), field));
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => [
    element(coordinate(field.name), field),
    ...argumentsOf(coordinate(field.name), field.args),
  ]);
}

function argumentsOf(owner: string, args: readonly GraphQLArgument[]): Element[] {
  return args.map((argument) => element(`${owner}(${argument.name}:)`, argument));
}

function element(coordinate: string, { name, description }: { name: string; description?: string | null | undefined }) {
  return { coordinate, name, description: description ?? "" };
}

/** Lower-case words without articles and marks: `stageActivity`, `STAGE_ACTIVITY` and "The stage activity." are alike. */
function words(text: string): string {
  return text
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => !["", "a", "an", "the"].includes(word))
    .join(" ");
}
