import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { decodeId, newId } from "../../src/core/id.ts";
import { importValue } from "../../src/import/upsert.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { sampleId } from "../support/directory.ts";
import { external } from "../support/interview.ts";

let app: TestApp;
let account: string;
let client: Client;

const user = (externalId: string, name: string, email = `${externalId}@x.example`) => {
  return { externalId, name, email, role: "ADMIN", timezone: "UTC" };
};
const PEOPLE = [
  user("a", "zoe Adams"),
  user("b", "Zoe Brown"),
  user("c", "\u00C9mile Clark"),
  user("d", "Rene\u0301e \u039F\u03B4\u03C5\u03C3\u03C3\u03B5\u03CD\u03C2"),
  user("e", "Bj\u00F6rn Stra\u00DFe"),
  user("f", "\u039A\u03B1\u0390\u03C1\u03B7\u03C2"),
  user("g", "zoe adams"),
  user("h", "\u212Bngstr\u00F6m"),
  user("i", "zoe Adams"),
];
const ORDER = ["h", "e", "c", "d", "g", "a", "i", "b", "f"];

beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());
beforeEach(async () => {
  account = newId();
  await bring({ users: PEOPLE });
  client = await app.createToken(account);
});

const bring = (lists: object) =>
  importValue(app.app.services.db, { account: { externalId: account, name: "People" }, ...lists });

const USERS =
  "query ($query: String, $first: Int, $last: Int, $after: String, $before: String) { users(query: $query, first: $first, last: $last, after: $after, before: $before) { nodes { id name } pageInfo { startCursor endCursor } } }";
const listed = async (variables: object) => (await client.data(USERS, variables))["users"];
const externalIdOf = (id: string) =>
  PEOPLE.map(({ externalId }) => externalId).find((externalId) => sampleId("User", externalId, account) === id);
const externalIds = ({ nodes }: any): unknown[] => nodes.map(({ id }: any) => externalIdOf(id));

/** Users of the same name come in the order of their ids. */
function order(): string[] {
  const [a = "", i = ""] = ["a", "i"].map((name) => sampleId("User", name, account));
  return a > i ? ORDER.map((name) => ({ a: "i", i: "a" })[name] ?? name) : ORDER;
}

describe("names", () => {
  test("come in the order that readers expect", async () => {
    expect(externalIds(await listed({ first: 100 }))).toEqual(order());
  });

  test("are paged in that order, forward and backward, each once", async () => {
    for (const size of [1, 2, 4]) {
      const forward: unknown[] = [];
      for (let after: string | null = null; forward.length < PEOPLE.length;) {
        const page: any = await listed({ first: size, after });
        forward.push(...externalIds(page));
        after = page.pageInfo.endCursor;
      }
      expect(forward).toEqual(order());
      const backward: unknown[] = [];
      for (let before: string | null = null; backward.length < PEOPLE.length;) {
        const page: any = await listed({ last: size, before });
        backward.unshift(...externalIds(page));
        before = page.pageInfo.startCursor;
      }
      expect(backward).toEqual(forward);
    }
  });

  test.each([
    ["Ren\u00E9e", ["d"]],
    ["Rene\u0301e", ["d"]],
    ["RENE\u0301E", ["d"]],
    ["renee", []],
    ["\u039F\u0394\u03A5\u03A3\u03A3\u0395\u038E\u03A3", ["d"]],
    ["\u03BF\u03B4\u03C5\u03C3\u03C3\u03B5\u03CD\u03C3", ["d"]],
    ["\u03BF\u03B4\u03C5\u03C3", ["d"]],
    ["\u03BF\u03B4\u03C5\u03C2", ["d"]],
    ["STRASSE", ["e"]],
    ["stra\u00DFe", ["e"]],
    ["\u1E9E", ["e"]],
    ["BJO\u0308RN", ["e"]],
    ["\u039A\u0391\u03AA\u0301\u03A1", ["f"]],
    ["\u03BA\u03B1\u0390\u03C1", ["f"]],
    ["\u03BA\u03B1\u03B9\u0308\u0301\u03C1", ["f"]],
    ["\u00E5ngstr", ["h"]],
    ["a\u030Angstr", ["h"]],
    ["E@X.EXAMPLE bj\u00F6rn", ["e"]],
  ])("are found by %j", async (query, expected) => {
    expect(externalIds(await listed({ query }))).toEqual(expected);
  });

  test("are stored in NFC, whatever the noun, and another form of them is no change", async () => {
    const nfd = "Cafe\u0301";
    const lists = {
      offices: [{ externalId: "o", name: nfd, address: nfd, timezone: "UTC" }],
      emailTemplates: [{ externalId: "t", name: nfd, channel: "EMAIL", category: "ADHOC", subject: nfd, body: nfd }],
      scorecardTemplates: [{ externalId: "s", name: nfd }],
      jobs: [
        {
          externalId: nfd,
          title: nfd,
          department: nfd,
          interviewPlan: {
            name: nfd,
            stages: [
              {
                externalId: nfd,
                name: nfd,
                milestone: "INTERVIEW",
                activities: [{ externalId: "x", name: nfd, type: "INTERVIEW" }],
              },
            ],
          },
        },
      ],
      candidates: [{ externalId: nfd, name: nfd, email: "k@x.example" }],
      applications: [
        { externalId: "ap", candidate: nfd, job: nfd, currentStage: nfd.normalize("NFC"), status: "ACTIVE" },
      ],
    };
    await bring(lists);
    const stored =
      await client.data(`{ offices { nodes { name address } } emailTemplates { nodes { name subject body } }
      scorecardTemplates(query: "cafe\u0301") { nodes { name } }
      jobs { nodes { title department interviewPlan { name stages { name activities { name } } } } } applications { nodes { candidate { name } } } }`);
    expect(JSON.stringify(stored)).not.toContain(nfd);
    expect(JSON.stringify(stored).match(/Caf\u00E9/g)).toHaveLength(12);
    const again = await bring(JSON.parse(JSON.stringify(lists).normalize("NFC")));
    expect(Object.values(again).map(({ inserted, updated }) => inserted + updated)).toEqual(
      Object.values(again).map(() => 0),
    );

    const create = async (name: string) => {
      const input = {
        ...external({ interviewerIds: [sampleId("User", "a", account)], name, source: name }, { conflictReason: name }),
        applicationId: sampleId("Application", "ap", account),
        organizerId: sampleId("User", "a", account),
        idempotencyKey: "the-same-key",
      };
      const CREATE =
        "mutation ($input: CreateInterviewInput!) { createInterview(input: $input) { ... on CreateInterviewSuccess { replayed interview { name external { source } } } } }";
      return (await client.data(CREATE, { input }))["createInterview"];
    };
    const interview = { name: "Caf\u00E9", external: { source: "Caf\u00E9" } };
    expect(await create(nfd)).toEqual({ replayed: false, interview });
    expect(await create(nfd.normalize("NFC"))).toEqual({ replayed: true, interview });
    const FIND =
      "query ($departments: [String!]) { interviews(filter: { departments: $departments }) { nodes { job { title } } } }";
    for (const departments of [[nfd], [nfd.normalize("NFC")]]) {
      expect((await client.data(FIND, { departments }))["interviews"].nodes).toHaveLength(1);
    }
    expect((await client.data(FIND, { departments: ["Cafe"] }))["interviews"].nodes).toEqual([]);
  });
});

const clash = (one: string, other: string, email: string) =>
  `users[0].email: is stored already: users "${one}" and "${other}" cannot share the address "${email}"`;

describe("addresses", () => {
  test("one that is stored for another user in another letter case is refused", async () => {
    await expect(bring({ users: [user("z", "Z", "B@x.example")] })).rejects.toThrow(clash("b", "z", "B@x.example"));
    expect(await listed({ query: "z@" })).toMatchObject({ nodes: [] });
  });

  test("the database refuses it from any writer", async () => {
    const { raw } = app.app.connections;
    const write = raw`insert into users (account_id, id, external_id, name, email, role, timezone)
      select account_id, gen_random_uuid(), 'z', 'Z', 'B@X.example', 'ADMIN', 'UTC' from users
      where id = ${decodeId(sampleId("User", "b", account)).id}`;
    await expect(write).rejects.toThrow(/users_email_key/);
  });

  test("users of one import can swap them, in whatever letter case, and take one that is given up", async () => {
    await bring({ users: [user("a", "zoe Adams", "B@X.example"), user("b", "Zoe Brown", "A@x.example")] });
    await bring({
      users: [user("a", "zoe Adams", "new@x.example"), user("c", "C", "b@x.example"), user("z", "Z", "C@x.example")],
    });
    const { raw } = app.app.connections;
    const rows = await raw`select external_id, email from users where name in ('zoe Adams', 'Zoe Brown', 'C', 'Z')
      and account_id = (select id from accounts where external_id = ${account}) and external_id <> 'i' order by external_id`.values();
    expect(rows).toEqual([
      ["a", "new@x.example"],
      ["b", "A@x.example"],
      ["c", "b@x.example"],
      ["z", "C@x.example"],
    ]);
  });

  test("the letter case of one's own can change", async () => {
    expect((await bring({ users: [user("b", "Zoe Brown", "B@X.EXAMPLE")] })).users).toMatchObject({ updated: 1 });
  });

  test("whatever the mail system knows is imported", async () => {
    const addresses = [
      "r&d@x.example",
      "dept/unit@x.example",
      "sales#eu@x.example",
      "ivan@xn--e1afmkfd.xn--p1ai",
      "info@пример.рф",
    ];
    const candidates = addresses.map((email, index) => ({ externalId: `k-${index}`, name: "K", email }));
    expect((await bring({ candidates })).candidates).toMatchObject({ inserted: 5 });
    const { raw } = app.app.connections;
    const [last] = await raw`select email from candidates where external_id = 'k-4'
      and account_id = (select id from accounts where external_id = ${account})`;
    expect(last).toEqual({ email: "info@xn--e1afmkfd.xn--p1ai" });
    expect((await bring({ candidates })).candidates).toMatchObject({ unchanged: 5 });
  });

  test("a form that is not supported is named", async () => {
    const candidates = [{ externalId: "k", name: "K", email: "иван@пример.рф" }];
    await expect(
      bring({ candidates, users: [{ ...user("z", "Z"), calendarAddress: '"z z"@x.example' }] }),
    ).rejects.toThrow(
      "users[0].calendarAddress: cannot be used as an e-mail address: quotes before the @ are not supported\n" +
        "  candidates[0].email: cannot be used as an e-mail address: characters outside ASCII before the @ (SMTPUTF8) are not supported",
    );
  });
});

test("what people have told of their time is imported, changed and read", async () => {
  const time = {
    workingHours: [{ weekday: 1, start: "22:00", end: "06:00" }],
    workingHoursOverrides: [
      { date: "2027-03-01", spans: [{ start: "09:00", end: "24:00" }] },
      { date: "2027-03-02", spans: [] },
    ],
    timeOff: [{ start: "2027-03-08T00:00", end: "2027-03-10T12:30" }],
    maxInterviewsPerDay: 2,
    maxInterviewsPerWeek: 5,
    bufferMinutes: 15,
  };
  await bring({ users: [{ ...user("a", "Zoe"), ...time }] });
  const read = async () => {
    const { user: found } = await client.data(`{ user(by: { externalId: "a" }) {
      workingHours { weekday start end } workingHoursOverrides { date spans { start end } } timeOff { startTime endTime }
      maxInterviewsPerDay maxInterviewsPerWeek bufferMinutes } }`);
    return found;
  };
  expect(await read()).toEqual({
    ...time,
    timeOff: [{ startTime: "2027-03-08T00:00:00", endTime: "2027-03-10T12:30:00" }],
  });
  await bring({ users: [user("a", "Zoe")] });
  expect(await read()).toEqual({
    workingHours: [],
    workingHoursOverrides: [],
    timeOff: [],
    maxInterviewsPerDay: null,
    maxInterviewsPerWeek: null,
    bufferMinutes: 0,
  });
});
