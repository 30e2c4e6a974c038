import { encodeId } from "../../../src/core/id.ts";
import { ACCOUNT, seedId, SIZES, TOKEN } from "./seed.ts";

export type Server = "gateway" | "postgraphile" | "mercurius" | "bare";
export const SERVERS: readonly Server[] = ["gateway", "postgraphile", "mercurius", "bare"];

/** One question in each server's own words. */
export interface Question {
  name: string;
  body: (server: Server) => string;
  /** The answer's data with ids as the database has them; equal for every server. */
  read: (data: Data, server: Server) => unknown;
}

// The answers of four schemas, taken apart by hand.
type Data = any;

export const headersOf = (server: Server): Record<string, string> => ({
  "content-type": "application/json",
  ...(server === "gateway" && { authorization: `Bearer ${TOKEN}` }),
});

const post = (query: string, variables: object = {}) => JSON.stringify({ query, variables });
const bare = (question: string, ...parameters: (string | number)[]) => JSON.stringify({ question, parameters });

const INTERVIEW = seedId("interview", 77_777);
/** The UUID inside an id of the gateway; a UUID stays itself. */
const plain = (id: string) => id.slice(-36);
const named = (row: Data) => row && { id: plain(row.id ?? row.rowId), name: row.name };
const instant = (text: string) => new Date(text).toISOString();
const rowsOf = (data: Data, server: Server): Data[] => {
  if (server === "gateway") return data.interviews.nodes;
  return server === "postgraphile" ? data.allInterviews.nodes : data.interviews;
};
const scalars = (row: Data) => ({
  ...named(row),
  kind: row.kind,
  startTime: instant(row.startTime ?? row.startsAt),
  endTime: instant(row.endTime ?? row.endsAt),
});

const PARTS = `organizer { id name email } office { id name timezone } candidateTemplate { id name }
  interviewerTemplate { id name } stageActivity { id name type } interviewers { rsvp user { id name email } }`;
const SCALARS = "id name kind startTime endTime";
const PLAIN_SCALARS = "rowId name kind startsAt endsAt";

const nested: Question = {
  name: "20 interviews, nested",
  body: (server) =>
    ({
      gateway: post(
        `query Nested($first: Int!) { interviews(first: $first) { nodes { ${SCALARS} location timezone ${PARTS} } } }`,
        {
          first: 20,
        },
      ),
      postgraphile: post(
        `query Nested($account: UUID!, $first: Int!) {
          allInterviews(condition: { accountId: $account }, first: $first, orderBy: [STARTS_AT_ASC, ROW_ID_ASC]) {
            nodes {
              ${PLAIN_SCALARS} location timezone
              organizer: userByAccountIdAndOrganizerId { rowId name email }
              office: officeByAccountIdAndOfficeId { rowId name timezone }
              candidateTemplate: emailTemplateByAccountIdAndCandidateTemplateId { rowId name }
              interviewerTemplate: emailTemplateByAccountIdAndInterviewerTemplateId { rowId name }
              stageActivity: stageActivityByAccountIdAndStageActivityIdAndStageId { rowId name type }
              interviewers: interviewersByAccountIdAndInterviewIdAndStartsAtAndEndsAt(orderBy: POSITION_ASC) {
                nodes { rsvp user: userByAccountIdAndUserId { rowId name email } }
              }
            }
          }
        }`,
        { account: ACCOUNT, first: 20 },
      ),
      mercurius: post(
        `query Nested($account: ID!, $first: Int!) { interviews(account: $account, first: $first) { ${SCALARS} location timezone ${PARTS} } }`,
        { account: ACCOUNT, first: 20 },
      ),
      bare: bare("nested", ACCOUNT),
    })[server],
  read: (data, server) =>
    rowsOf(data, server).map((row) => ({
      ...scalars(row),
      location: row.location,
      timezone: row.timezone,
      organizer: { ...named(row.organizer), email: row.organizer.email },
      office: { ...named(row.office), timezone: row.office.timezone },
      candidateTemplate: named(row.candidateTemplate),
      interviewerTemplate: named(row.interviewerTemplate),
      stageActivity: { ...named(row.stageActivity), type: row.stageActivity.type },
      interviewers: (row.interviewers.nodes ?? row.interviewers).map((seat: Data) => ({
        rsvp: seat.rsvp,
        ...named(seat.user),
        email: seat.user.email,
      })),
    })),
};

const flat: Question = {
  name: "100 interviews, flat",
  body: (server) =>
    ({
      gateway: post(`{ interviews(first: 100) { nodes { ${SCALARS} } } }`),
      postgraphile: post(
        `query Flat($account: UUID!) {
          allInterviews(condition: { accountId: $account }, first: 100, orderBy: [STARTS_AT_ASC, ROW_ID_ASC]) { nodes { ${PLAIN_SCALARS} } }
        }`,
        { account: ACCOUNT },
      ),
      mercurius: post(`query Flat($account: ID!) { interviews(account: $account, first: 100) { ${SCALARS} } }`, {
        account: ACCOUNT,
      }),
      bare: bare("flat", ACCOUNT),
    })[server],
  read: (data, server) => rowsOf(data, server).map(scalars),
};

const node: Question = {
  name: "node(id)",
  body: (server) =>
    ({
      gateway: post(`query Node($id: ID!) { node(id: $id) { ... on Interview { ${SCALARS} } } }`, {
        id: encodeId("Interview", INTERVIEW),
      }),
      postgraphile: post(
        `query Node($account: UUID!, $id: UUID!) { node: interviewByAccountIdAndRowId(accountId: $account, rowId: $id) { ${PLAIN_SCALARS} } }`,
        { account: ACCOUNT, id: INTERVIEW },
      ),
      mercurius: post(
        `query Node($account: ID!, $id: ID!) { node: interview(account: $account, id: $id) { ${SCALARS} } }`,
        {
          account: ACCOUNT,
          id: INTERVIEW,
        },
      ),
      bare: bare("node", ACCOUNT, INTERVIEW),
    })[server],
  read: (data, server) => scalars(server === "bare" ? data : data.node),
};

export const QUESTIONS: readonly Question[] = [nested, flat, node];

const CREATE = `mutation Create($input: CreateInterviewInput!) {
  createInterview(input: $input) { __typename ... on CreateInterviewSuccess { interview { id } } }
}`;
const FIRST_SLOT = Date.UTC(2031, 0, 1);
const QUARTER_MS = 15 * 60_000;
const random = (count: number) => 1 + Math.floor(Math.random() * count);

/** An interview that hardly ever clashes with another: create.sql draws from the same numbers. */
export function createBody(): string {
  return post(CREATE, {
    input: {
      applicationId: encodeId("Application", seedId("application", random(SIZES.applications))),
      organizerId: encodeId("User", seedId("user", 3)),
      startTime: new Date(FIRST_SLOT + random(5_000_000) * QUARTER_MS).toISOString(),
      timezone: "Europe/Berlin",
      mode: {
        adHoc: {
          kind: "ONE_ON_ONE",
          location: "PHONE",
          durationMinutes: 15,
          interviewerIds: [encodeId("User", seedId("user", random(SIZES.users)))],
          candidateTemplateId: encodeId("EmailTemplate", seedId("candidateTemplate", 1)),
          interviewerTemplateId: encodeId("EmailTemplate", seedId("interviewerTemplate", 1)),
        },
      },
    },
  });
}
