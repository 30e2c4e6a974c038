import { describe, expect, test } from "vitest";
import { checkDirectory } from "../../src/import/check.ts";
import { directoryJsonSchema } from "../../src/import/directory.ts";
import { PLACEHOLDERS } from "../../src/template/render.ts";
import { smallFile } from "./small-file.ts";

const schema: any = JSON.parse(JSON.stringify(directoryJsonSchema()));

/** Every property at any depth, with its path. */
function* propertiesOf(node: any, path = ""): Generator<[string, any]> {
  if (typeof node !== "object" || node === null) return;
  for (const [key, property] of Object.entries<any>(node.properties ?? {})) {
    yield [`${path}.${key}`, property];
    yield* propertiesOf(property, `${path}.${key}`);
  }
  yield* propertiesOf(node.items, `${path}[]`);
}
const properties = new Map(propertiesOf(schema));

describe("the JSON Schema of a directory file", () => {
  test("has a title and a description for every property", () => {
    expect(properties.size).toBeGreaterThan(60);
    expect(
      [...properties].filter(([, { title, description }]) => !title || !description).map(([path]) => path),
    ).toEqual([]);
    expect(properties.get(".users[].externalId").title).toBe("External id");
  });

  test("lists the placeholders where they may stand", () => {
    for (const part of ["subject", "body"]) {
      const { description } = properties.get(`.emailTemplates[].${part}`);
      for (const placeholder of PLACEHOLDERS) expect(description).toContain(`{{${placeholder}}}`);
    }
  });

  test("lets a file name it, for editors", () => {
    expect(properties.get(".$schema")).toMatchObject({ type: "string" });
    expect(checkDirectory({ $schema: "./directory.schema.json", ...smallFile() })).toMatchObject({ ok: true });
    expect(schema.required).toEqual(["account"]);
  });

  test("names the lists that can be complete", () => {
    const { enum: lists } = properties.get(".complete").items;
    expect(lists.every((list: string) => properties.has(`.${list}`))).toBe(true);
    expect(lists).toHaveLength(7);
  });
});
