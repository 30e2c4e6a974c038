import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { parse, validate } from "graphql";
import { expect, test } from "vitest";
import { createGraphiQL } from "../../src/graphiql/graphiql.ts";
import { DEMO_PANES, GREETING } from "../../src/graphiql/panes.ts";
import { schema } from "../../src/schema.ts";

interface Editor {
  title: string;
  defaultTabs: { query: string; headers: string; variables?: string }[];
  initialQuery?: string;
  initialHeaders: string;
  initialVariables?: string;
  storage: Storage;
}

/** A text in Monaco. */
interface Model {
  uri: { path: string };
  getValue(): string;
  setValue(next: string): void;
  onDidChangeContent(listener: () => void): void;
}

/** Runs the page's own script as a browser would, with stand-ins for GraphiQL and Monaco. */
function load(panes: unknown, session = new Map<string, string>()) {
  const editors: Editor[] = [];
  const models: Model[] = [];
  let onModel = (_model: Model) => {};
  const createModel = (path: string, text = ""): Model => {
    let value = text;
    let onChange = () => {};
    const model = {
      uri: { path },
      getValue: () => value,
      setValue(next: string) {
        value = next;
        onChange();
      },
      onDidChangeContent: (listener: () => void) => void (onChange = listener),
    };
    models.push(model);
    onModel(model);
    return model;
  };
  const sessionStorage = {
    getItem: (key: string) => session.get(key) ?? null,
    setItem: (key: string, value: string) => session.set(key, value),
    removeItem: (key: string) => session.delete(key),
  };
  const context = createContext({
    panes,
    sessionStorage,
    document: { body: { appendChild: (element: unknown) => element }, createElement: () => ({}) },
    monaco: { editor: { onDidCreateModel: (f: typeof onModel) => void (onModel = f), getModels: () => models } },
    YogaGraphiQL: { renderYogaGraphiQL: (_root: unknown, editor: Editor) => editors.push(editor) },
  });
  runInContext(readFileSync("src/graphiql/graphiql.browser.js", "utf8"), context);
  return { editors, createModel, session };
}

test("the demo's page has an editor for each operation, which runs as it is, with the token", () => {
  const { editors } = load(DEMO_PANES);
  const documents = editors.map(({ defaultTabs: [tab] }) => tab?.query ?? "");
  expect(documents.map((text) => parse(text).definitions.map((node) => "operation" in node && node.operation))).toEqual(
    [["subscription"], ["mutation"]],
  );
  for (const text of documents) expect(validate(schema, parse(text))).toEqual([]);
  for (const { initialHeaders } of editors)
    expect(JSON.parse(initialHeaders)).toEqual({ Authorization: "Bearer demo-admin-token" });
  expect(documents[1]).toMatch(/on InterviewerConflict \{\s*conflicts/);
  expect(documents[1]).toMatch(/on ValidationFailed \{\s*findings/);
});

test("the prepared start is another one on each load, and after each interview that was created", () => {
  const starts = Array.from({ length: 20 }, () => {
    const { startTime } = JSON.parse(load(DEMO_PANES).editors[1]?.initialVariables ?? "{}");
    expect(startTime).toMatch(/^20\d\d-\d\d-\d\dT1[0-5]:(?:00|15|30|45)$/);
    expect(new Date(`${startTime}Z`).getUTCDay() % 6).not.toBe(0);
    expect(Date.parse(`${startTime}Z`)).toBeGreaterThan(Date.now());
    return startTime;
  });
  expect(new Set(starts).size).toBeGreaterThan(15);

  const { createModel } = load(DEMO_PANES);
  const first = JSON.stringify({ startTime: "2030-01-07T10:00" });
  const variables = createModel("/b-variables.json", first);
  const other = createModel("/a-variables.json", first);
  const response = createModel("/b-response.json");
  const show = (createInterview: object) => response.setValue(JSON.stringify({ data: { createInterview } }, null, 2));
  show({ conflicts: [{ interviewer: { name: "Ada" } }], message: "busy" });
  expect(variables.getValue()).toBe(first);
  show({ interview: { id: "x" } });
  expect(variables.getValue()).not.toBe(first);
  expect(other.getValue()).toBe(first);
});

test("what was open is open again after a reload, and nothing outlives the browser's tab", () => {
  const { editors, session } = load(DEMO_PANES);
  const open = { query: "{ viewer { scopes } }", headers: '{"Authorization":"Bearer mine"}', variables: "{}" };
  editors[0]?.storage.setItem("graphiql:tabState", JSON.stringify({ tabs: [{}, open], activeTabIndex: 1 }));
  const [watch, create] = load(DEMO_PANES, session).editors;
  expect(watch).toMatchObject({
    initialQuery: open.query,
    initialHeaders: open.headers,
    initialVariables: open.variables,
  });
  expect(create?.initialQuery).toBeUndefined();
});

test("without the demo the page says how to get a token, and what to do while it has no schema", async () => {
  const [editor] = load([GREETING]).editors;
  const query = editor?.defaultTabs[0]?.query ?? "";
  expect(query).toContain("npm run -s token -- ACCOUNT");
  expect(validate(schema, parse(query))).toEqual([]);

  const { plain } = await createGraphiQL([{ ...GREETING, query: "# </script>" }])();
  const html = plain.toString();
  expect(html).not.toContain("Error fetching schema");
  expect(html).toContain("There is no schema without a valid token.");
  expect(html).not.toContain("demo-admin-token");
  expect(html.match(/<\/script>/g)).toHaveLength(1);
});
