import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeIdOf, encodeId } from "../../src/core/id.ts";
import { directory } from "../../src/import/directory.ts";
import { importDirectory } from "../../src/import/upsert.ts";
import { NOW, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { inAccount, sampleDirectory, sampleId } from "../support/directory.ts";
import { adHoc, createInterview, external, plan } from "../support/interview.ts";

const ACCOUNT = "lists";

let app: TestApp;
let client: Client;
let clock = NOW;

/** External ids by the ids of the API, for the titles of tests. */
const names = new Map<string, string>();
const id = (type: Parameters<typeof sampleId>[0], name: string) => {
  const own = sampleId(type, name, ACCOUNT);
  names.set(own, name);
  return own;
};

function listDirectory() {
  const sample = sampleDirectory(ACCOUNT);
  const [engineer, designer] = sample.jobs;
  return directory.parse({
    ...sample,
    jobs: [
      engineer,
      {
        ...designer,
        department: "Design",
        hiringTeam: [
          { user: "admin", role: "RECRUITER" },
          { user: "recruiter", role: "COORDINATOR" },
        ],
      },
    ],
    applications: [
      ...sample.applications,
      {
        externalId: "portfolio",
        candidate: "agency-candidate",
        job: "designer",
        currentStage: "portfolio",
        status: "ACTIVE",
      },
    ],
  });
}

beforeAll(async () => {
  app = await startTestApp({ worker: false, now: () => clock });
  await importDirectory(app.app.services.db, listDirectory());
  client = await app.createToken(ACCOUNT);
  await fill();
});
afterAll(() => app.stop());

const ada = sampleId("User", "ada");
const bob = sampleId("User", "bob");
const designer = { applicationId: sampleId("Application", "portfolio", ACCOUNT) };
const INPUTS = [
  plan({}, { startTime: "2027-03-01T10:00" }),
  plan(
    { officeId: sampleId("Office", "london") },
    { startTime: "2027-03-02T10:00", applicationId: sampleId("Application", "agency") },
  ),
  adHoc({ location: "ZOOM", hostId: ada, aiNoteTakerEnabled: true }, { startTime: "2027-03-02T10:00" }),
  adHoc({ interviewerIds: [bob] }, { startTime: "2027-03-03T10:00", organizerId: sampleId("User", "admin") }),
  adHoc({ kind: "PANEL", interviewerIds: [ada, bob] }, { startTime: "2027-03-03T10:00", ...designer }),
  adHoc(
    { location: "GOOGLE_MEET" },
    { startTime: "2027-02-03T10:00", ...designer, organizerId: sampleId("User", "coordinator") },
  ),
  external({ interviewerIds: [bob] }, { startTime: "2027-02-04T10:00" }),
  external({ location: "PHONE" }, { startTime: "2027-03-04T10:00", ...designer }),
  ...Array.from({ length: 8 }, (_, n) => adHoc({}, { startTime: `2027-04-0${1 + (n % 4)}T10:00` })),
];

async function fill() {
  // Several are created at one instant, so that orders have ties.
  for (const [index, input] of INPUTS.entries()) {
    clock = new Date(NOW.getTime() + Math.floor(index / 3) * 60_000);
    const input_ = inAccount(ACCOUNT, input) as { organizerId: string; applicationId: string };
    if (
      input_.applicationId === sampleId("Application", "portfolio", ACCOUNT) &&
      input_.organizerId !== sampleId("User", "admin", ACCOUNT)
    ) {
      input_.organizerId = sampleId("User", "recruiter", ACCOUNT);
    }
    await createInterview(client, input_);
  }
  clock = NOW;
  const { raw } = app.app.connections;
  await raw`update interviews set outcome = 'CANCELLED', updated_at = ${new Date("2027-01-05T00:00:00Z")}
    where starts_at = '2027-04-02T08:00:00Z'`;
  await raw`update interviews set outcome = 'CANDIDATE_NO_SHOW' where starts_at = '2027-04-03T08:00:00Z'`;
  await raw`update interviews set provisioning_state = 'FAILED' where starts_at = '2027-03-01T09:00:00Z'`;
  await raw`update interviews set provisioning_state = 'PROVISIONED' where starts_at = '2027-04-01T08:00:00Z'`;
  const loop = decodeIdOf("InterviewLoop", LOOP);
  await raw`insert into interview_loops (account_id, id, application_id, created_at)
    select distinct account_id, ${loop}::uuid, application_id, now() from interviews where starts_at = '2027-04-01T08:00:00Z'`;
  await raw`update interviews set loop_id = ${loop} where starts_at = '2027-04-01T08:00:00Z'`;
}

const LOOP = encodeId("InterviewLoop", "01a21cbd-3da6-7e21-a00f-6fd3a3b7b4f3");

const ALL = /* GraphQL */ `
  query All(
    $filter: InterviewFilter
    $orderBy: InterviewOrder!
    $first: Int
    $last: Int
    $after: String
    $before: String
  ) {
    interviews(filter: $filter, orderBy: $orderBy, first: $first, last: $last, after: $after, before: $before) {
      totalCount
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      edges {
        cursor
      }
      nodes {
        id
        kind
        location
        status
        startTime
        endTime
        createdAt
        updatedAt
        external {
          source
        }
        provisioning {
          state
        }
        aiNoteTaker {
          enabled
        }
        application {
          id
        }
        loop {
          id
        }
        candidate {
          id
        }
        organizer {
          id
        }
        office {
          id
        }
        stage {
          id
        }
        interviewers {
          user {
            id
          }
        }
        job {
          id
          department
          hiringTeam {
            role
            user {
              id
            }
          }
        }
      }
    }
  }
`;
const START = { field: "START", direction: "ASC" };
const list = async (variables: object) => (await client.data(ALL, { orderBy: START, ...variables }))["interviews"];
const idsOf = (page: any): string[] => page.nodes.map((node: any) => node.id);

describe("filters", () => {
  const within = (instant: string, { from = "", to = "~" }) => instant >= from && instant < to;
  /** What each input field means, told in JavaScript. */
  const MEANING: Record<string, (interview: any, value: any) => boolean> = {
    jobIds: ({ job }, ids) => ids.includes(job.id),
    applicationIds: ({ application }, ids) => ids.includes(application.id),
    loopIds: ({ loop }, ids) => ids.includes(loop?.id),
    candidateIds: ({ candidate }, ids) => ids.includes(candidate.id),
    interviewerIds: ({ interviewers }, ids) => interviewers.some(({ user }: any) => ids.includes(user.id)),
    organizerIds: ({ organizer }, ids) => ids.includes(organizer.id),
    recruiterIds: ({ job }, ids) =>
      job.hiringTeam.some(({ role, user }: any) => role === "RECRUITER" && ids.includes(user.id)),
    departments: ({ job }, names) => names.includes(job.department),
    officeIds: ({ office }, ids) => ids.includes(office?.id),
    stageIds: ({ stage }, ids) => ids.includes(stage.id),
    statuses: ({ status }, statuses) => statuses.includes(status),
    kinds: ({ kind }, kinds) => kinds.includes(kind),
    locations: ({ location }, locations) => locations.includes(location),
    provisioningStates: ({ provisioning }, states) => states.includes(provisioning.state),
    external: ({ external: event }, wanted) => (event !== null) === wanted,
    aiNoteTakerEnabled: ({ aiNoteTaker }, wanted) => aiNoteTaker.enabled === wanted,
    startTime: ({ startTime }, window) => within(startTime, window),
    createdAt: ({ createdAt }, window) => within(createdAt, window),
    updatedAt: ({ updatedAt }, window) => within(updatedAt, window),
  };
  const CASES: [filter: object, count: number][] = [
    [{}, 16],
    [{ jobIds: [id("Job", "designer")] }, 3],
    [{ jobIds: [id("Job", "designer"), id("Job", "engineer")] }, 16],
    [{ jobIds: [] }, 0],
    [{ applicationIds: [id("Application", "agency")] }, 1],
    [{ loopIds: [LOOP] }, 2],
    [{ candidateIds: [id("Candidate", "agency-candidate")] }, 4],
    [{ interviewerIds: [id("User", "bob")] }, 5],
    [{ interviewerIds: [id("User", "bob"), id("User", "ada")] }, 16],
    [{ organizerIds: [id("User", "admin")] }, 1],
    [{ recruiterIds: [id("User", "admin")] }, 3],
    [{ recruiterIds: [id("User", "recruiter")] }, 13],
    [{ recruiterIds: [id("User", "coordinator")] }, 0],
    [{ departments: ["Design"] }, 3],
    [{ departments: ["Design", "Engineering"] }, 16],
    [{ departments: ["design"] }, 0],
    [{ departments: [] }, 0],
    [{ officeIds: [id("Office", "london")] }, 1],
    [{ stageIds: [id("Stage", "onsite")] }, 2],
    [{ statuses: ["CANCELLED"] }, 2],
    [{ statuses: ["CANDIDATE_NO_SHOW", "CANCELLED"] }, 4],
    [{ statuses: ["NOT_STARTED"] }, 12],
    [{ statuses: ["ENDED", "IN_PROGRESS"] }, 0],
    [{ statuses: [] }, 0],
    [{ kinds: ["PANEL"] }, 3],
    [{ locations: ["GOOGLE_MEET", "ONSITE"] }, 3],
    [{ provisioningStates: ["FAILED"] }, 1],
    [{ provisioningStates: ["PROVISIONED", "NOT_APPLICABLE"] }, 4],
    [{ external: true }, 2],
    [{ external: false }, 14],
    [{ aiNoteTakerEnabled: true }, 3],
    [{ aiNoteTakerEnabled: false }, 13],
    [{ startTime: { from: "2027-03-02T09:00:00.000Z", to: "2027-03-03T09:00:00.001Z" } }, 4],
    [{ startTime: { from: "2027-03-02T09:00:00.000Z", to: "2027-03-03T09:00:00.000Z" } }, 2],
    [{ startTime: { from: "2027-03-02T09:00:00.001Z", to: "2027-03-03T09:00:00.000Z" } }, 0],
    [{ startTime: { from: "2027-03-02T09:00:00.000Z", to: "2027-03-02T09:00:00.000Z" } }, 0],
    [{ createdAt: { to: NOW.toISOString() } }, 0],
    [{ createdAt: { to: new Date(NOW.getTime() + 1).toISOString() } }, 3],
    [{ updatedAt: { from: "2027-01-05T00:00:00.000Z" } }, 2],
    [{ kinds: ["ONE_ON_ONE"], interviewerIds: [id("User", "bob")], external: true }, 1],
  ];
  const inWords = (filter: object) =>
    JSON.stringify(filter, (_key, value: unknown) => names.get(String(value)) ?? value);
  test.each(CASES.map(([filter, count]) => ({ filter, count, words: inWords(filter) })))(
    "$count of the interviews pass $words",
    async ({ filter, count }) => {
      const expected = (await list({ first: 100 })).nodes.filter((interview: any) =>
        Object.entries(filter).every(([field, value]) => MEANING[field]?.(interview, value)),
      );
      const page = await list({ filter, first: 100 });
      expect(page.nodes).toEqual(expected);
      expect(page.totalCount).toBe(count);
      expect(page.nodes).toHaveLength(count);
    },
  );
  test("every field of the filter has a case", () => {
    const tested = new Set(CASES.flatMap(([filter]) => Object.keys(filter)));
    expect(Object.keys(MEANING).filter((field) => !tested.has(field))).toEqual([]);
  });
  test.each([
    ["2027-04-01T07:59:59.999Z", "NOT_STARTED"],
    ["2027-04-01T08:00:00.000Z", "IN_PROGRESS"],
    ["2027-04-01T08:29:59.999Z", "IN_PROGRESS"],
    ["2027-04-01T08:30:00.000Z", "ENDED"],
  ])("at %s a meeting from 08:00 to 08:30 is found as %s and as nothing else", async (now, status) => {
    clock = new Date(now);
    const startTime = { from: "2027-04-01T08:00:00Z", to: "2027-04-01T08:00:00.001Z" };
    for (const asked of ["NOT_STARTED", "IN_PROGRESS", "ENDED", "CANCELLED", "CANDIDATE_NO_SHOW"]) {
      const { totalCount, nodes } = await list({ filter: { statuses: [asked], startTime } });
      expect(totalCount, asked).toBe(asked === status ? 2 : 0);
      for (const node of nodes) expect(node.status).toBe(asked);
    }
    clock = NOW;
  });
  test.each(["2027-03-01", "1", "+275760-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00", "x"])(
    "%s is no instant",
    async (from) => {
      const { errors } = await client.send(ALL, { orderBy: START, filter: { startTime: { from } } });
      expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
    },
  );
  test("more than a hundred ids are refused", async () => {
    const jobIds = Array.from({ length: 101 }, () => id("Job", "designer"));
    const { errors } = await client.send(ALL, { orderBy: START, filter: { jobIds } });
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
  });
});

describe.each(
  ["START", "CREATED", "UPDATED"].flatMap((field) => ["ASC", "DESC"].map((direction) => ({ field, direction }))),
)("ordered by $field $direction", (orderBy) => {
  const key = { START: "startTime", CREATED: "createdAt", UPDATED: "updatedAt" }[orderBy.field] ?? "";
  const sign = orderBy.direction === "ASC" ? 1 : -1;

  test("forward and backward give the same list, in order", async () => {
    const whole = await list({ orderBy, first: 100 });
    const keys = whole.nodes.map((node: any) => node[key]);
    expect(keys).toEqual(keys.toSorted((a: string, b: string) => sign * (a < b ? -1 : a > b ? 1 : 0)));
    for (const size of [1, 3, 16, 17]) {
      const forward: string[] = [];
      let page: any = { pageInfo: { hasNextPage: true, endCursor: null } };
      while (page.pageInfo.hasNextPage) {
        page = await list({ orderBy, first: size, after: page.pageInfo.endCursor });
        forward.push(...idsOf(page));
      }
      const backward: string[] = [];
      page = { pageInfo: { hasPreviousPage: true, startCursor: null } };
      while (page.pageInfo.hasPreviousPage) {
        page = await list({ orderBy, last: size, before: page.pageInfo.startCursor });
        backward.unshift(...idsOf(page));
      }
      expect(forward).toEqual(idsOf(whole));
      expect(backward).toEqual(idsOf(whole));
    }
  });

  test("a cursor of another order, list or account, or made up, is refused by name", async () => {
    const { edges } = await list({ orderBy, first: 1 });
    const users = await client.data("{ users(first: 1) { pageInfo { endCursor } } }");
    const other = await (await app.createToken("sample")).data("{ users(first: 1) { pageInfo { endCursor } } }");
    const wrong = [users, other].map(({ users: page }: any) => page.pageInfo.endCursor);
    for (const field of ["START", "CREATED", "UPDATED"]) {
      for (const direction of ["ASC", "DESC"]) {
        if (field === orderBy.field && direction === orderBy.direction) continue;
        wrong.push((await list({ orderBy: { field, direction }, first: 1 })).edges[0].cursor);
      }
    }
    const bytes = JSON.parse(Buffer.from(edges[0].cursor, "base64url").toString());
    const forged = (position: unknown) => Buffer.from(JSON.stringify(position)).toString("base64url");
    wrong.push(
      "",
      "nonsense",
      forged(bytes.slice(1)),
      forged([bytes[0], "x", bytes[2]]),
      forged([bytes[0], bytes[1], "x"]),
    );
    for (const cursor of wrong) {
      for (const place of ["after", "before"]) {
        const { errors } = await client.send(ALL, { orderBy, [place]: cursor });
        expect(errors, `${place} ${cursor}`).toMatchObject([{ extensions: { code: "CURSOR_INVALID" } }]);
      }
    }
  });
});

test("pages stay where they are while interviews are inserted before, between and after", async () => {
  const before = idsOf(await list({ first: 100 }));
  const first = await list({ first: 5 });
  const inserted: string[] = [];
  for (const startTime of ["2027-02-01T10:00", "2027-03-04T11:00", "2027-12-01T10:00"]) {
    inserted.push(await createInterview(client, inAccount(ACCOUNT, adHoc({}, { startTime }))));
  }
  const rest = await list({ first: 100, after: first.pageInfo.endCursor });
  const seen = [...idsOf(first), ...idsOf(rest)];
  expect(seen.filter((one) => !inserted.includes(one))).toEqual(before);
  expect(seen.filter((one) => inserted.includes(one))).toEqual(inserted.slice(1));
  await app.app.connections.raw`delete from events where subject_id in (select id from interviews where starts_at in
    ('2027-02-01T09:00:00Z', '2027-03-04T10:00:00Z', '2027-12-01T09:00:00Z'))`;
  await app.app.connections.raw`delete from interviews where starts_at in
    ('2027-02-01T09:00:00Z', '2027-03-04T10:00:00Z', '2027-12-01T09:00:00Z')`;
});

describe("cost", () => {
  const cost = async (query: string, variables?: object) => {
    const before = app.statements.length;
    const data = await client.data(query, variables);
    return { data, statements: app.statements.slice(before) };
  };

  test("nothing is counted unless it is asked for", async () => {
    const { statements } = await cost("{ interviews { nodes { id } } }");
    expect(statements).toHaveLength(1);
    const skipped = await cost("query ($no: Boolean!) { interviews { totalCount @skip(if: $no) nodes { id } } }", {
      no: true,
    });
    expect(skipped.statements).toHaveLength(1);
    const counted = await cost("{ interviews { nodes { id } all: totalCount } }");
    expect(counted.statements).toHaveLength(2);
    expect(counted.data["interviews"].all).toBe(16);
  });

  const OWNED = /* GraphQL */ `
    query Owned($orderBy: InterviewOrder!, $filter: InterviewFilter) {
      jobs {
        nodes {
          id
          interviews(first: 4, orderBy: $orderBy, filter: $filter) {
            ...page
          }
        }
      }
      applications {
        nodes {
          id
          interviews(first: 4, orderBy: $orderBy, filter: $filter) {
            ...page
          }
        }
      }
      users {
        nodes {
          id
          interviews(first: 4, orderBy: $orderBy, filter: $filter) {
            ...page
          }
        }
      }
    }
    fragment page on InterviewConnection {
      totalCount
      asOfCursor
      nodes {
        id
        startTime
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  `;

  test("the interviews of all jobs, applications and users cost as many statements as those of one", async () => {
    const { data, statements } = await cost(OWNED, { orderBy: START });
    // Three lists; and for the interviews of each a page, its place in the log and a count.
    expect(statements.filter((text) => text.startsWith("select"))).toHaveLength(3 + 3 * 3);
    expect(data["users"].nodes).toHaveLength(20);
  });

  test.each([
    ["jobs", "jobIds", undefined],
    ["applications", "applicationIds", undefined],
    ["users", "interviewerIds", "organizerIds"],
  ])("the interviews of %s are those that the list filters out", async (field, filter, orFilter) => {
    for (const direction of ["ASC", "DESC"]) {
      for (const more of [{}, { statuses: ["NOT_STARTED"], external: false }]) {
        const orderBy = { field: "CREATED", direction };
        const { data } = await cost(OWNED, { orderBy, filter: more });
        for (const owner of data[field].nodes) {
          const byFilter = [filter, orFilter].filter((name) => name !== undefined);
          const found = await Promise.all(
            byFilter.map((name) => list({ orderBy, filter: { ...more, [name]: [owner.id] }, first: 100 })),
          );
          const whole = await list({ orderBy, filter: more, first: 100 });
          const expected = idsOf(whole).filter((one) => found.some((page) => idsOf(page).includes(one)));
          expect(idsOf(owner.interviews)).toEqual(expected.slice(0, 4));
          expect(owner.interviews.totalCount).toBe(expected.length);
          expect(owner.interviews.pageInfo.hasNextPage).toBe(expected.length > 4);
        }
      }
    }
  });

  test("a page of an owner's interviews goes on behind its cursor", async () => {
    const OF = /* GraphQL */ `
      query Of($id: ID!, $after: String) {
        node(id: $id) {
          ... on User {
            interviews(first: 4, after: $after) {
              nodes {
                id
              }
              pageInfo {
                hasNextPage
                endCursor
              }
            }
          }
        }
      }
    `;
    const seen: string[] = [];
    let page: any = { pageInfo: { hasNextPage: true, endCursor: null } };
    while (page.pageInfo.hasNextPage) {
      page = (await client.data(OF, { id: id("User", "ada"), after: page.pageInfo.endCursor }))["node"].interviews;
      seen.push(...idsOf(page));
    }
    expect(seen).toEqual(idsOf(await list({ filter: { interviewerIds: [id("User", "ada")] }, first: 100 })));
  });
});

test("reading a user's interviews takes interviews:read", async () => {
  const reader = await app.createToken(ACCOUNT, ["directory:read"]);
  const { errors } = await reader.send("{ users(first: 1) { nodes { interviews { totalCount } } } }");
  expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN", requiredScope: "interviews:read" } }]);
});
