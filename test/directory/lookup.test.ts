import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeId, newId } from "../../src/core/id.ts";
import type { Client } from "../support/client.ts";
import { sampleId } from "../support/directory.ts";
import { explain } from "../support/explain.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

let app: ViewerApp;
beforeAll(async () => {
  app = await startViewerApp({ worker: false });
});
afterAll(() => app.stop());

/** Every root field that finds one object, with an external id of the sample directory. */
const LOOKUPS = [
  ["user", "User", "ada"],
  ["office", "Office", "berlin"],
  ["emailTemplate", "EmailTemplate", "to-candidate"],
  ["scorecardTemplate", "ScorecardTemplate", "general"],
  ["job", "Job", "engineer"],
  ["stage", "Stage", "onsite"],
  ["stageActivity", "StageActivity", "full"],
  ["candidate", "Candidate", "carla"],
  ["application", "Application", "active"],
] as const;

const identifierOf = (field: string) => `${field.charAt(0).toUpperCase()}${field.slice(1)}Identifier`;

const find = async (client: Client, field: string, by: object) => {
  const type = identifierOf(field);
  const data = await client.data(`query ($by: ${type}!) { found: ${field}(by: $by) { id externalId } }`, { by });
  return data["found"];
};

describe.each(LOOKUPS)("%s", (field, type, externalId) => {
  const id = sampleId(type, externalId);

  test("is found by its id and by its external id, in one statement each", async () => {
    for (const by of [{ id }, { externalId }]) {
      const before = app.statements.length;
      expect(await find(app.client, field, by)).toEqual({ id, externalId });
      expect(app.statements.slice(before)).toHaveLength(1);
    }
  });

  test("shows its external id under node as well", async () => {
    const { node } = await app.client.data(`query ($id: ID!) { node(id: $id) { ... on ${type} { externalId } } }`, {
      id,
    });
    expect(node).toEqual({ externalId });
  });

  test("is found in the caller's own account alone", async () => {
    expect(await find(app.other, field, { externalId })).toEqual({
      id: sampleId(type, externalId, "other"),
      externalId,
    });
    expect(await find(app.other, field, { id })).toBeNull();
  });

  test.each([
    ["unknown id", { id: encodeId(type, newId()) }],
    ["malformed id", { id: "what?" }],
    ["id of another noun", { id: encodeId("Account", newId()) }],
    ["empty id", { id: "" }],
    ["unknown external id", { externalId: "nobody's" }],
    ["external id in another letter case", { externalId: externalId.toUpperCase() }],
    ["empty external id", { externalId: "" }],
    ["external id that PostgreSQL would read as no text", { externalId: "NULL" }],
    ["external id that PostgreSQL would read as two", { externalId: `x","${externalId}` }],
    ["external id with signs of arrays", { externalId: `{${externalId}}\\"'` }],
  ])("an %s finds nothing", async (_title, by) => {
    expect(await find(app.client, field, by)).toBeNull();
  });

  test("a request without a field, with two, or with a null is refused by the type", async () => {
    for (const by of ["{}", `{ id: "${id}", externalId: "${externalId}" }`, "{ id: null }"]) {
      const { data, errors } = await app.client.send(`{ ${field}(by: ${by}) { id } }`);
      expect(data, by).toBeUndefined();
      expect(errors?.[0]?.extensions?.["code"]).toBe("GRAPHQL_VALIDATION_FAILED");
    }
  });

  test("takes directory:read, whatever is sent", async () => {
    const reader = await app.createToken("sample", ["interviews:read", "interviews:write"]);
    for (const by of [{ id }, { externalId }, { id: "what?" }]) {
      const { errors } = await reader.send(`query ($by: ${identifierOf(field)}!) { ${field}(by: $by) { id } }`, { by });
      expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN", requiredScope: "directory:read" } }]);
    }
  });

  test.each(["a\u0000b", "a\ud800b"])("%j, which cannot be stored, is refused", async (text) => {
    const { errors } = await app.client.send(`query ($by: ${identifierOf(field)}!) { ${field}(by: $by) { id } }`, {
      by: { externalId: text },
    });
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
  });

  test("more than 200 characters of an external id are refused", async () => {
    const { errors } = await app.client.send(`{ ${field}(by: { externalId: "${"x".repeat(201)}" }) { id } }`);
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
  });

  test("many in one request are one statement", async () => {
    const before = app.statements.length;
    const fields = [externalId, "one", "two"].map((name, n) => `a${n}: ${field}(by: { externalId: "${name}" }) { id }`);
    expect(await app.client.data(`{ ${fields.join(" ")} }`)).toEqual({ a0: { id }, a1: null, a2: null });
    expect(app.statements.slice(before)).toHaveLength(1);
  });

  test("only the columns that are asked for are read", async () => {
    const before = app.statements.length;
    await app.client.data(`{ ${field}(by: { externalId: "${externalId}" }) { externalId } }`);
    const [statement = ""] = app.statements.slice(before);
    const columns = { job: 2, stage: 2, stageActivity: 2, candidate: 2, application: 3 } as Record<string, number>;
    expect(statement.match(/ as "/g), statement).toHaveLength(columns[field] ?? 1);
  });
});

describe("visibility is that of node", () => {
  const WHO = ["admin", "recruiter", "external-recruiter-with-scope", "ada", "stranger"];
  test.each(WHO)("for %s", async (who) => {
    const person = await app.person(who === "external-recruiter-with-scope" ? "extra-4" : who);
    if (who === "external-recruiter-with-scope") await makeExternalRecruiter("extra-4");
    const found: string[] = [];
    for (const [field, type, externalId] of [
      ...LOOKUPS,
      ["candidate", "Candidate", "agency-candidate"],
      ["application", "Application", "agency"],
      ["job", "Job", "designer"],
    ] as const) {
      const id = sampleId(type, externalId);
      const { node } = await person.data("query ($id: ID!) { node(id: $id) { id } }", { id });
      for (const by of [{ id }, { externalId }]) {
        expect(await find(person, field, by), `${field} ${externalId}`).toEqual(node && { id, externalId });
      }
      if (node) found.push(`${field} ${externalId}`);
    }
    const all = LOOKUPS.slice(0, 4).map(([field, , name]) => `${field} ${name}`);
    const ofJob = ["job engineer", "stage onsite", "stageActivity full"];
    const carla = ["candidate carla", "application active"];
    const agency = ["candidate agency-candidate", "application agency"];
    const expected: Record<string, string[]> = {
      admin: [...all, ...ofJob, ...carla, ...agency, "job designer"],
      recruiter: [...all, ...ofJob, ...carla, ...agency],
      "external-recruiter-with-scope": [...all, ...ofJob, ...agency],
    };
    expect(found).toEqual(expected[who] ?? all);
  });

  /** A member of the organisation, who reads the directory, as an external recruiter of the engineer's job. */
  async function makeExternalRecruiter(name: string) {
    const { raw } = app.app.connections;
    await raw`insert into hiring_team_members (account_id, job_id, user_id, role)
      select j.account_id, j.id, u.id, 'EXTERNAL_RECRUITER' from jobs j join users u on u.account_id = j.account_id
      where j.external_id = 'engineer' and u.external_id = ${name}`;
    await raw`update candidates c set added_by_id = u.id from users u
      where u.account_id = c.account_id and u.external_id = ${name} and c.external_id = 'agency-candidate'`;
  }
});

describe("a user's e-mail address", () => {
  const ada = { id: sampleId("User", "ada"), externalId: "ada" };
  beforeAll(async () => {
    const { raw } = app.app.connections;
    await raw`update users set email = 'Zoe@xn--bcher-kva.example' where external_id = 'extra-1'`;
  });

  test.each(["ada@example.com", "ADA@Example.COM", " ada@example.com "])("%j finds the user", async (email) => {
    const before = app.statements.length;
    expect(await find(app.client, "user", { email })).toEqual(ada);
    expect(app.statements.slice(before)).toHaveLength(1);
  });
  test.each(["zoe@bücher.example", "ZOE@BÜCHER.EXAMPLE", "zoe@XN--BCHER-KVA.example"])(
    "%j finds the user with an A-label, stored in another letter case",
    async (email) => {
      expect(await find(app.client, "user", { email })).toMatchObject({ externalId: "extra-1" });
    },
  );
  test.each([
    "nobody@example.com",
    "ada",
    "",
    "ada@example.com,bob@example.com",
    "{ada@example.com}",
    '"ada"@example.com',
  ])("%j finds nobody", async (email) => {
    expect(await find(app.client, "user", { email })).toBeNull();
  });
  test("of another account finds nobody there", async () => {
    expect(await find(app.other, "user", { email: "ada@example.com" })).toEqual({
      id: sampleId("User", "ada", "other"),
      externalId: "ada",
    });
    expect(await find(app.other, "user", { email: "zoe@bücher.example" })).toMatchObject({ externalId: "extra-1" });
  });
});

describe("a lookup among 20,000 rows", () => {
  const { external, email } = { external: "bulk-777", email: "bulk-777@example.com" };
  beforeAll(async () => {
    const { raw } = app.app.connections;
    await raw`insert into users (account_id, id, external_id, name, email, role, timezone)
      select a.id, gen_random_uuid(), 'bulk-' || n, 'Person ' || n, 'bulk-' || n || '@example.com', 'ORGANIZATION_MEMBER', 'UTC'
      from accounts a, generate_series(1, 20000) n where a.external_id = 'other'`;
    await raw`analyze users`;
  });
  afterAll(() => app.app.connections.raw`delete from users where external_id like 'bulk-%'`);

  test.each([
    [{ externalId: external }, "users_external_id"],
    [{ email }, "users_email_key"],
  ])("by %j is answered by an index", async (by, index) => {
    const before = app.queries.length;
    expect(await find(app.other, "user", by)).toMatchObject({ externalId: external });
    const query = app.queries.slice(before).find(({ text }) => text.includes('from "users"'));
    if (!query) throw new Error("No statement reads users.");
    const { scanned, touched, text } = await explain(app.app.connections.raw, query, ["users"]);
    expect({ scanned, touched }, text).toEqual({ scanned: [], touched: 1 });
    expect(text).toContain(index);
  });
});

test("a retired object is found, and says since when it is retired", async () => {
  const { raw } = app.app.connections;
  const retired = "2027-01-01T00:00:00.000Z";
  const tables = [
    "offices",
    "email_templates",
    "scorecard_templates",
    "jobs",
    "stages",
    "stage_activities",
    "candidates",
    "applications",
  ];
  for (const table of tables) await raw.unsafe(`update ${table} set retired_at = '${retired}'`);
  for (const [field, , externalId] of LOOKUPS.slice(1)) {
    const data = await app.client.data(`{ found: ${field}(by: { externalId: "${externalId}" }) { retiredAt } }`);
    expect(data, field).toEqual({ found: { retiredAt: retired } });
  }
  for (const table of tables) await raw.unsafe(`update ${table} set retired_at = null`);
  for (const [field, , externalId] of LOOKUPS.slice(1)) {
    const data = await app.client.data(`{ found: ${field}(by: { externalId: "${externalId}" }) { retiredAt } }`);
    expect(data, field).toEqual({ found: { retiredAt: null } });
  }
});
