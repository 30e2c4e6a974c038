import { isAbstractType, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isWrappingType } from "graphql";
import type { GraphQLSchema, GraphQLType } from "graphql";

const known = new WeakMap<GraphQLSchema, ReadonlyMap<string, number>>();

/** How many objects a field of introspection leads to, on average over all types, fields and arguments; by `Type.field`. */
export function introspectionSizes(schema: GraphQLSchema): ReadonlyMap<string, number> {
  const sizes = known.get(schema) ?? count(schema);
  known.set(schema, sizes);
  return sizes;
}

function count(schema: GraphQLSchema): ReadonlyMap<string, number> {
  const types = Object.values(schema.getTypeMap());
  const directives = schema.getDirectives();
  const composite = types.filter((type) => isObjectType(type) || isInterfaceType(type));
  const fields = composite.flatMap((type) => Object.values(type.getFields()));
  const inputFields = types.filter(isInputObjectType).flatMap((type) => Object.values(type.getFields()));
  const values = types.filter(isEnumType).flatMap((type) => type.getValues());
  const interfaces = composite.flatMap((type) => type.getInterfaces());
  const possible = types.filter(isAbstractType).flatMap((type) => schema.getPossibleTypes(type));
  const fieldArguments = fields.flatMap(({ args }) => args);
  const directiveArguments = directives.flatMap(({ args }) => args);
  const references = [...fields, ...inputFields, ...fieldArguments].map(({ type }) => type);
  const wrappers = references.reduce((sum, type) => sum + wrappersOf(type), 0);
  return new Map([
    ["__Schema.types", types.length],
    ["__Schema.directives", directives.length],
    ["__Type.fields", fields.length / types.length],
    ["__Type.inputFields", inputFields.length / types.length],
    ["__Type.enumValues", values.length / types.length],
    ["__Type.interfaces", interfaces.length / types.length],
    ["__Type.possibleTypes", possible.length / types.length],
    ["__Type.ofType", wrappers / (wrappers + references.length)],
    ["__Field.args", fieldArguments.length / fields.length],
    ["__Directive.args", directiveArguments.length / directives.length],
  ]);
}

const wrappersOf = (type: GraphQLType): number => (isWrappingType(type) ? 1 + wrappersOf(type.ofType) : 0);
