import { isInputObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { schema } from "../../src/schema.ts";
import { NOW } from "../support/app.ts";
import { BULK_ACCOUNTS, bulkId, seedBulk } from "../support/bulk.ts";
import type { Client } from "../support/client.ts";
import { explain } from "../support/explain.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

/** The largest account, a middling and the smallest. */
const ACCOUNTS = [1, 4, 8];
const TABLES = ["interviews", "interviewers"];
/** Rows that a page of 20 may cost, in an account of 60,000. */
const MOST_ROWS = 6_000;
/** Counting more of the 200,000 than this may read the table: no index makes that quicker. */
const FEW = 15_000;

let app: ViewerApp;
const clients = new Map<number, Client>();
beforeAll(async () => {
  app = await startViewerApp({ worker: false });
  const connection = await app.app.connections.raw.reserve();
  await seedBulk(connection, NOW);
  // A loop each of two applications.
  for (const account of ACCOUNTS) {
    for (const number of [5, 6]) {
      const [loop, application] = ["InterviewLoop", "Application"].map(
        (type) => bulkId(type, account, number).split("_")[1],
      );
      await connection`insert into interview_loops (account_id, id, application_id, created_at)
        select account_id, ${loop ?? ""}::uuid, id, now() from applications where id = ${application ?? ""}`;
      await connection`update interviews set loop_id = ${loop ?? ""} where application_id = ${application ?? ""}`;
    }
  }
  await connection`analyze interviews`;
  connection.release();
  for (const account of ACCOUNTS) clients.set(account, await app.createToken(`bulk-${account}`));
}, 180_000);
afterAll(() => app.stop());

const ORDERS = ["START", "CREATED", "UPDATED"].flatMap((field) =>
  ["ASC", "DESC"].map((direction) => ({ field, direction })),
);
const week = { from: "2027-01-04T00:00:00Z", to: "2027-01-11T00:00:00Z" };
const ids = (account: number, type: string, ...numbers: number[]) =>
  numbers.map((number) => bulkId(type, account, number));

/** Each input field of the filter, with values that are common and values that are rare. */
const FILTERS: Record<string, ((account: number) => unknown)[]> = {
  jobIds: [(a) => ids(a, "Job", 3), (a) => ids(a, "Job", 3, 4, 5, 6)],
  applicationIds: [(a) => ids(a, "Application", 5, 6)],
  loopIds: [(a) => ids(a, "InterviewLoop", 5, 6)],
  candidateIds: [(a) => ids(a, "Candidate", 5, 6)],
  interviewerIds: [(a) => ids(a, "User", 7), (a) => ids(a, "User", 7, 8, 9, 10)],
  organizerIds: [(a) => ids(a, "User", 9), (a) => ids(a, "User", 9, 10, 11)],
  recruiterIds: [(a) => ids(a, "User", 10)],
  departments: [() => ["Department 3"], () => ["Department 3", "Department 4"], () => ["Nowhere"]],
  officeIds: [(a) => ids(a, "Office", 2), (a) => ids(a, "Office", 2, 3)],
  stageIds: [(a) => ids(a, "Stage", 13)],
  statuses: [
    ...["NOT_STARTED", "IN_PROGRESS", "ENDED", "CANCELLED", "CANDIDATE_NO_SHOW"].map((status) => () => [status]),
    () => ["IN_PROGRESS", "CANDIDATE_NO_SHOW"],
  ],
  kinds: [() => ["PANEL"]],
  locations: [() => ["ZOOM"], () => ["HACKERRANK"]],
  provisioningStates: [() => ["FAILED"], () => ["PENDING", "FAILED"], () => ["PROVISIONED"], () => ["NOT_APPLICABLE"]],
  external: [() => true, () => false],
  aiNoteTakerEnabled: [() => true, () => false],
  startTime: [() => week],
  createdAt: [() => week],
  updatedAt: [() => week],
};

/**
 * Two times of an interview go together, which PostgreSQL does not know: in the order of one, a span of another may lie at
 * the far end. At worst the index of the account is walked.
 */
const FAR_END: Record<string, string[]> = {
  startTime: ["CREATED ASC", "UPDATED ASC"],
  createdAt: ["START ASC", "UPDATED ASC"],
  updatedAt: ["START ASC", "CREATED ASC"],
  statuses: ["CREATED ASC", "UPDATED ASC"],
};

const casesOf = (account: number) =>
  Object.entries(FILTERS).flatMap(([field, values]) =>
    values.map((value, index) => ({ field, index, value: value(account) })),
  );

async function costOf(account: number, document: string, variables: object) {
  const before = app.queries.length;
  const data = await clients.get(account)?.data(document, variables);
  const sent = app.queries.slice(before).filter(({ text }) => text.includes('"interviews"'));
  const plans = await Promise.all(sent.map((query) => explain(app.app.connections.raw, query, TABLES)));
  return { data, plans };
}

test("every field of the filter is here", () => {
  const filter = schema.getType("InterviewFilter");
  expect(Object.keys(isInputObjectType(filter) ? filter.getFields() : {}).toSorted()).toEqual(
    Object.keys(FILTERS).toSorted(),
  );
});

const LIST = /* GraphQL */ `
  query List($filter: InterviewFilter, $orderBy: InterviewOrder!, $after: String) {
    interviews(first: 20, filter: $filter, orderBy: $orderBy, after: $after) {
      nodes {
        id
      }
      pageInfo {
        endCursor
      }
    }
  }
`;

describe.each(ACCOUNTS)("a page of bulk account %i", (account) => {
  test.each([{ field: "nothing", index: 0, value: undefined }, ...casesOf(account)])(
    "by $field $index reads no table whole",
    async ({ field, value }) => {
      for (const orderBy of ORDERS) {
        const filter = value === undefined ? null : { [field]: value };
        const first = await costOf(account, LIST, { filter, orderBy });
        const after = first.data?.["interviews"].pageInfo.endCursor;
        const second = await costOf(account, LIST, { filter, orderBy, after });
        expect([first.plans.length, second.plans.length]).toEqual([1, 1]);
        for (const { scanned, touched, text } of [...first.plans, ...second.plans]) {
          expect(scanned, text).toEqual([]);
          const order = `${orderBy.field} ${orderBy.direction}`;
          const most = FAR_END[field]?.includes(order) ? BULK_ACCOUNTS[account - 1] : MOST_ROWS;
          expect(touched, `${order}\n${text}`).toBeLessThanOrEqual(most ?? 0);
        }
      }
    },
  );
});

const OWNED = /* GraphQL */ `
  query Owned($ids: [ID!]!, $filter: InterviewFilter, $orderBy: InterviewOrder!) {
    nodes(ids: $ids) {
      ... on Job {
        interviews(first: 5, filter: $filter, orderBy: $orderBy) {
          totalCount
          nodes {
            id
          }
        }
      }
      ... on Application {
        interviews(first: 5, filter: $filter, orderBy: $orderBy) {
          totalCount
          nodes {
            id
          }
        }
      }
      ... on User {
        interviews(first: 5, filter: $filter, orderBy: $orderBy) {
          totalCount
          nodes {
            id
          }
        }
      }
    }
  }
`;

test.each(["Job", "Application", "User"])("the interviews of many %ss read no table whole", async (type) => {
  for (const account of ACCOUNTS) {
    for (const orderBy of ORDERS) {
      for (const filter of [
        null,
        { statuses: ["ENDED"] },
        { interviewerIds: ids(account, "User", 7) },
        { startTime: week },
      ]) {
        const variables = { ids: ids(account, type, 2, 3, 4, 5, 6), orderBy, filter };
        const { data, plans } = await costOf(account, OWNED, variables);
        expect(data?.["nodes"]).toHaveLength(5);
        expect(plans).toHaveLength(2);
        for (const { scanned, text } of plans) expect(scanned, text).toEqual([]);
      }
    }
  }
});

/** What a person sees is gathered by index: some 300 or 1,200 of the largest account's 60,000. */
describe.each([
  ["a member", "user-11", 5_000],
  ["a recruiter", "user-10", 12_000],
  ["an admin", "user-1", MOST_ROWS],
])("%s", (_who, sub, most) => {
  const claims = { account: "bulk-1" };
  const few = ["jobIds", "interviewerIds", "recruiterIds", "departments", "statuses", "locations", "startTime"];
  const cases = [
    { field: "nothing", index: 0, value: undefined },
    ...casesOf(1).filter(({ field }) => few.includes(field)),
  ];
  test.each(cases)("by $field $index reads no table whole", async ({ field, value }) => {
    const person = await app.person(sub, claims);
    for (const orderBy of ORDERS) {
      const before = app.queries.length;
      await person.data(LIST, { filter: value === undefined ? null : { [field]: value }, orderBy });
      const [query] = app.queries.slice(before).filter(({ text }) => text.includes('from "interviews"'));
      if (!query) throw new Error("No statement read interviews.");
      const { scanned, touched, text } = await explain(app.app.connections.raw, query, TABLES);
      expect(scanned, text).toEqual([]);
      const order = `${orderBy.field} ${orderBy.direction}`;
      expect(touched, `${order}\n${text}`).toBeLessThan(FAR_END[field]?.includes(order) ? 80_000 : most);
    }
  });
});

const COUNT = "query ($filter: InterviewFilter) { interviews(first: 0, filter: $filter) { totalCount } }";

describe.each(ACCOUNTS)("counting bulk account %i", (account) => {
  test.each(casesOf(account))("by $field $index reads no table whole to count few", async ({ field, value }) => {
    const { data, plans } = await costOf(account, COUNT, { filter: { [field]: value } });
    expect(plans).toHaveLength(2);
    const few = data?.["interviews"].totalCount < FEW;
    for (const { scanned, text } of plans) expect(few ? scanned : [], text).toEqual([]);
  });
});
