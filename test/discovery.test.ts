import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeId } from "../src/core/id.ts";
import { NOW, startTestApp } from "./support/app.ts";
import type { TestApp } from "./support/app.ts";
import { explain } from "./support/explain.ts";
import { adHoc, application, CREATE, createInterview, external, plan, user } from "./support/interview.ts";

let app: TestApp;
let clock = NOW;
beforeAll(async () => {
  app = await startTestApp({ worker: false, now: () => clock });
});
afterAll(() => app.stop());

const namesOf = ({ nodes }: any): string[] => nodes.map(({ name }: any) => name);

describe("users", () => {
  const USERS = /* GraphQL */ `
    query Users(
      $query: String
      $role: Role
      $active: Boolean
      $calendarConnected: Boolean
      $first: Int
      $after: String
    ) {
      users(
        query: $query
        role: $role
        active: $active
        calendarConnected: $calendarConnected
        first: $first
        after: $after
      ) {
        nodes {
          name
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `;
  const find = async (variables: object) => namesOf((await app.client.data(USERS, variables))["users"]);

  beforeAll(async () => {
    const { raw } = app.app.connections;
    const [account] = await raw`select id from accounts where external_id = 'sample'`;
    for (const [index, [name, email]] of [
      ["Ümit Öz", "oez@example.com"],
      ["100% Sure", "sure@example.com"],
      ["100 Sure", "sure_2@example.com"],
      ["Back\\slash", "back@example.com"],
    ].entries()) {
      await raw`insert into users (account_id, id, external_id, name, email, role, timezone, active)
        values (${account?.["id"]}, gen_random_uuid(), ${`special-${index}`}, ${name ?? ""}, ${email ?? ""},
          'EXTERNAL_COLLABORATOR', 'UTC', false)`;
    }
  });

  test.each([
    ["ada", ["User ada"]],
    ["ADA", ["User ada"]],
    ["da@exam", ["User ada"]],
    ["recruiter user", ["User external-recruiter", "User recruiter"]],
    ["recruiter example.com", ["User external-recruiter", "User recruiter"]],
    ["-recruiter@example.com", ["User external-recruiter"]],
    ["ümit", ["Ümit Öz"]],
    ["öZ ÜM", ["Ümit Öz"]],
    ["100%", ["100% Sure"]],
    ["%", ["100% Sure"]],
    ["_", ["100 Sure"]],
    ["sure_", ["100 Sure"]],
    ["\\", ["Back\\slash"]],
    ["back\\s", ["Back\\slash"]],
    ["'; drop table users; --", []],
    ["ada nobody", []],
  ])("found by %j", async (query, expected) => {
    expect(await find({ query })).toEqual(expected);
  });
  test.each(["", "  "])("%j finds all", async (query) => {
    expect(await find({ query, first: 100 })).toEqual(await find({ first: 100 }));
  });
  test("found by role, by being active and by a connected calendar", async () => {
    expect(await find({ role: "SUPER_ADMIN" })).toEqual(["User super-admin"]);
    expect(await find({ role: "ADMIN", active: false })).toEqual(["User inactive"]);
    expect(await find({ role: "ADMIN", active: true })).toEqual(["User admin", "User no-calendar"]);
    expect(await find({ role: "ADMIN", active: true, calendarConnected: false })).toEqual(["User no-calendar"]);
    expect(await find({ role: "ADMIN", active: true, calendarConnected: true })).toEqual(["User admin"]);
  });
  test("a page goes on behind its cursor", async () => {
    const all = await find({ query: "extra", first: 100 });
    expect(all).toHaveLength(12);
    const first = (await app.client.data(USERS, { query: "extra", first: 5 }))["users"];
    expect([...namesOf(first), ...(await find({ query: "extra", after: first.pageInfo.endCursor }))]).toEqual(all);
  });
  test("more than a hundred characters are refused", async () => {
    const { errors } = await app.client.send(USERS, { query: "x".repeat(101) });
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
  });
  test("one of 20,000 is found by an index", async () => {
    const { raw } = app.app.connections;
    await raw`insert into users (account_id, id, external_id, name, email, role, timezone)
      select a.id, gen_random_uuid(), 'bulk-' || n, 'Person ' || md5(n::text), md5(n || 'x') || '@example.com',
        'ORGANIZATION_MEMBER', 'UTC'
      from accounts a, generate_series(1, 20000) n where a.external_id = 'other'`;
    await raw`analyze users`;
    const needle = (await raw`select name from users where external_id = 'bulk-777'`)[0]?.["name"].slice(10, 22);
    const before = app.queries.length;
    const found = (await app.other.data(USERS, { query: needle }))["users"];
    expect(found.nodes).toHaveLength(1);
    const query = app.queries.slice(before).find(({ text }) => text.includes(" like "));
    expect(query).toBeDefined();
    if (!query) return;
    const { scanned, text } = await explain(raw, query, ["users"]);
    expect(scanned, text).toEqual([]);
    expect(text).toContain("users_search");
    await raw`delete from users where external_id like 'bulk-%'`;
  });
});

describe("validOrganizers", () => {
  const ORGANIZERS =
    "query ($query: String) { jobs { nodes { id title validOrganizers(first: 100, query: $query) { nodes { id name } } } } }";

  test("are those whom createInterview accepts", async () => {
    const { jobs } = await app.client.data(ORGANIZERS);
    const engineer = jobs.nodes.find(({ title }: any) => title === "Engineer");
    const { users } = await app.client.data("{ users(first: 100) { nodes { id name } } }");
    const accepted: string[] = [];
    for (const { id, name } of users.nodes) {
      const input = adHoc({}, { organizerId: id, validateOnly: true });
      const { createInterview: result } = await app.client.data(CREATE, { input });
      if (result.__typename === "CreateInterviewValid") accepted.push(name);
    }
    expect(namesOf(engineer.validOrganizers)).toEqual(accepted);
    expect(accepted).toEqual([
      "User admin",
      "User coordinator",
      "User hiring-manager",
      "User recruiter",
      "User super-admin",
    ]);
  });
  test("can be searched, and cost one statement for all jobs", async () => {
    const before = app.statements.length;
    const { jobs } = await app.client.data(ORGANIZERS, { query: "admin" });
    expect(app.statements.slice(before)).toHaveLength(2);
    for (const job of jobs.nodes) expect(namesOf(job.validOrganizers)).toEqual(["User admin", "User super-admin"]);
  });
});

test("conferenceHosts are the users whom a ZOOM interview accepts as host", async () => {
  const HOSTS =
    "query ($platform: ConferencePlatform!, $query: String) { conferenceHosts(platform: $platform, query: $query) { nodes { name } pageInfo { hasNextPage } } }";
  const hosts = async (variables: object) => (await app.client.data(HOSTS, variables))["conferenceHosts"];
  expect(namesOf(await hosts({ platform: "ZOOM" }))).toEqual(["User ada"]);
  expect(namesOf(await hosts({ platform: "ZOOM", query: "london" }))).toEqual([]);
  expect((await app.client.data("{ conferenceHosts { nodes { name } } }"))["conferenceHosts"].nodes).toHaveLength(1);
  for (const platform of ["GOOGLE_MEET", "MICROSOFT_TEAMS", "OTHER"]) {
    expect(await hosts({ platform })).toEqual({ nodes: [], pageInfo: { hasNextPage: false } });
  }
});

test("templates are found by channel, categories and name", async () => {
  const FIND =
    "query ($channel: TemplateChannel, $categories: [TemplateCategory!], $query: String) { emailTemplates(channel: $channel, categories: $categories, query: $query) { nodes { name } } scorecardTemplates(query: $query) { nodes { name } } }";
  const find = async (variables: object) => namesOf((await app.client.data(FIND, variables))["emailTemplates"]);
  expect(await find({ channel: "CALENDAR_INVITE", categories: ["INTERVIEW_COORDINATION"] })).toEqual([
    "Template to-candidate",
    "Template to-candidate-2",
  ]);
  expect(await find({ channel: "EMAIL" })).toEqual(["Template mail-to-candidate", "Template rejection"]);
  expect(await find({ categories: ["REJECTION", "INTERVIEWER_COORDINATION"], query: "INTERVIEWERS" })).toEqual([
    "Template to-interviewers",
    "Template to-interviewers-2",
  ]);
  expect(await find({ categories: [] })).toEqual([]);
  const { scorecardTemplates } = await app.client.data(FIND, { query: "COD" });
  expect(namesOf(scorecardTemplates)).toEqual(["Coding"]);
});

test("discovery takes directory:read", async () => {
  const reader = await app.createToken("sample", ["interviews:read", "interviews:write"]);
  const id = await createInterview(app.client, adHoc());
  for (const query of [
    "{ conferenceHosts { nodes { id } } }",
    '{ emailTemplates(query: "x") { nodes { id } } }',
    `{ interview(id: "${id}") { job { validOrganizers { nodes { id } } } } }`,
  ]) {
    const { errors } = await reader.send(query);
    expect(errors, query).toMatchObject([{ extensions: { code: "FORBIDDEN", requiredScope: "directory:read" } }]);
  }
});

describe("viewerCan", () => {
  const CAN =
    "query ($id: ID!) { interview(id: $id) { viewerCan { update cancel markNoShow undoNoShow recordRsvp retryProvisioning } } }";
  const may = async (id: string, client = app.client) => {
    const { interview } = await client.data(CAN, { id });
    return Object.entries(interview.viewerCan)
      .filter(([, yes]) => yes)
      .map(([verb]) => verb);
  };
  const set = (id: string, column: string, value: string | null) =>
    app.app.connections.raw.unsafe(`update interviews set ${column} = $1 where id = $2`, [value, decodeId(id).id]);
  const at = async <T>(now: string, work: () => Promise<T>) => {
    clock = new Date(now);
    const result = await work();
    clock = NOW;
    return result;
  };

  test("follows the state and the clock", async () => {
    const id = await createInterview(app.client, adHoc({}, { startTime: "2027-03-01T10:00Z" }));
    expect(await may(id)).toEqual(["update", "cancel", "recordRsvp"]);
    for (const now of ["2027-03-01T10:00Z", "2027-03-01T10:30Z"]) {
      expect(await at(now, () => may(id))).toEqual(["update", "cancel", "markNoShow", "recordRsvp"]);
    }
    await set(id, "provisioning_state", "FAILED");
    expect(await may(id)).toEqual(["update", "cancel", "recordRsvp", "retryProvisioning"]);
    await set(id, "outcome", "CANDIDATE_NO_SHOW");
    expect(await may(id)).toEqual(["update", "cancel", "undoNoShow", "recordRsvp", "retryProvisioning"]);
    await set(id, "outcome", "CANCELLED");
    expect(await may(id)).toEqual(["retryProvisioning"]);
  });
  test("an ended HackerRank interview cannot be cancelled", async () => {
    const mode = { location: "HACKERRANK", hackerrankTemplateId: "hr-1" };
    const id = await createInterview(app.client, adHoc(mode, { startTime: "2027-03-01T10:00Z" }));
    expect(await at("2027-03-01T10:29Z", () => may(id))).toEqual(["update", "cancel", "markNoShow", "recordRsvp"]);
    expect(await at("2027-03-01T10:30Z", () => may(id))).toEqual(["update", "markNoShow", "recordRsvp"]);
  });
  test("a token without interviews:write may nothing", async () => {
    const id = await createInterview(app.client, external());
    expect(await may(id)).toEqual(["update", "cancel"]);
    expect(await may(id, await app.createToken("sample", ["interviews:read", "directory:read"]))).toEqual([]);
  });
  test("costs a token no statement", async () => {
    await createInterview(app.client, plan({}, { applicationId: application("agency"), organizerId: user("admin") }));
    const before = app.statements.length;
    await app.client.data("{ interviews { nodes { viewerCan { update } } } }");
    expect(app.statements.slice(before)).toHaveLength(1);
  });
});
