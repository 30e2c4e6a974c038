import { readFileSync } from "node:fs";
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";
import type { GraphQLNamedType } from "graphql";
import { expect, test } from "vitest";
import { printedSchema, schema } from "../src/schema.ts";

test("schema.graphql is what the code prints", () => {
  expect(readFileSync("schema.graphql", "utf8")).toBe(printedSchema());
});

test("every element of the schema has a description", () => {
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  expect(types.flatMap(undescribed)).toEqual([]);
});

function undescribed(type: GraphQLNamedType): string[] {
  const missing = type.description ? [] : [type.name];
  if (isEnumType(type)) {
    for (const value of type.getValues()) if (!value.description) missing.push(`${type.name}.${value.name}`);
  }
  if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      if (!field.description) missing.push(`${type.name}.${field.name}`);
    }
  }
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      if (!field.description) missing.push(`${type.name}.${field.name}`);
      for (const argument of field.args) {
        if (!argument.description) missing.push(`${type.name}.${field.name}(${argument.name}:)`);
      }
    }
  }
  return missing;
}
