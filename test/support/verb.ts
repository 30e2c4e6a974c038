import { expect } from "vitest";
import { decodeIdOf } from "../../src/core/id.ts";
import type { TestApp } from "./app.ts";
import type { Client } from "./client.ts";

export type VerbName =
  | "updateInterview"
  | "cancelInterview"
  | "markCandidateNoShow"
  | "undoCandidateNoShow"
  | "recordRsvp";

/** What tests look at of an interview. */
export const INTERVIEW = /* GraphQL */ `
  id version status startTime endTime durationMinutes timezone localStartTime kind location name
  interviewers { user { id } rsvp answeredAt } candidateRsvp office { id } host { id } hackerrankTemplateId
  candidateTemplate { id } interviewerTemplate { id } calendarEventVisibility aiNoteTaker { enabled } aiScorecardAssistEnabled
  external { videoConferencingUrl source eventId } conflictReason provisioning { state }
`;

const OF_SUCCESS: Record<VerbName, string> = {
  updateInterview:
    "changedFields notices { method recipient { __typename ... on User { id } } } warnings { code path interviewer { id } }",
  cancelInterview: "notices { method recipient { __typename ... on User { id } } }",
  markCandidateNoShow: "",
  undoCandidateNoShow: "",
  recordRsvp: "applied",
};
const PROBLEMS: Record<string, string> = {
  ValidationFailed: "findings { code path message }",
  VersionConflict: "currentVersion changedFields interview { id version }",
  InterviewerConflict: "conflicts { interviewer { id } startTime endTime interview { id } }",
};

const capital = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

export function documentOf(verb: VerbName, interview = INTERVIEW): string {
  const problems = Object.entries(PROBLEMS).filter(
    ([name]) =>
      (name !== "InterviewerConflict" || verb === "updateInterview") &&
      (name !== "VersionConflict" || verb !== "recordRsvp"),
  );
  return `mutation ($input: ${capital(verb)}Input!) { ${verb}(input: $input) { __typename
    ... on ${capital(verb)}Success { interview { ${interview} } replayed ${OF_SUCCESS[verb]} }
    ... on Problem { code message }
    ${problems.map(([name, fields]) => `... on ${name} { ${fields} }`).join(" ")} } }`;
}

/** Runs a verb that must be answered with data; its result. */
export async function run(client: Client, verb: VerbName, input: object): Promise<any> {
  const data = await client.data(documentOf(verb), { input });
  return data[verb];
}

/** Runs a verb that must succeed. */
export async function succeed(client: Client, verb: VerbName, input: object): Promise<any> {
  const result = await run(client, verb, input);
  expect(result, JSON.stringify(input)).toMatchObject({ __typename: `${capital(verb)}Success` });
  return result;
}

export const update = (client: Client, interviewId: string, changes: object, input: object = {}): Promise<any> =>
  run(client, "updateInterview", { interviewId, changes, ...input });

export const change = (client: Client, interviewId: string, changes: object, input: object = {}): Promise<any> =>
  succeed(client, "updateInterview", { interviewId, changes, ...input });

/** The codes and paths of a refusal. */
export function findingsOf({ findings }: { findings?: { code: string; path: string[] }[] }): string[] {
  return (findings ?? []).map(({ code, path }) => `${code} ${path.join(".")}`);
}

/** Everything that a verb may write, of all accounts, as one text. */
export async function everythingIn({ app }: Pick<TestApp, "app">): Promise<string> {
  const [row] = await app.connections.raw`
    select (select json_agg(i order by id) from interviews i)::text as interviews,
      (select json_agg(s order by interview_id, user_id) from interviewers s)::text as seats,
      (select json_agg(l order by id) from interview_loops l)::text as loops,
      (select json_agg(e order by account_id, sequence) from events e)::text as events,
      (select json_agg(c order by account_id) from event_counters c)::text as counters,
      (select json_agg(p order by interview_id) from provisionings p)::text as provisionings,
      (select count(*) from pgboss.job)::text as tasks, (select count(*) from idempotency_keys)::text as keys`;
  return JSON.stringify(row);
}

/** Fails when a request writes anything. */
export async function expectNothingWritten<T>(app: Pick<TestApp, "app">, request: () => Promise<T>): Promise<T> {
  const before = await everythingIn(app);
  const result = await request();
  expect(await everythingIn(app)).toBe(before);
  return result;
}

/** The events of an interview from the second on, each with what it says of changed fields. */
export async function eventsOf({ app }: Pick<TestApp, "app">, id: string) {
  const rows = await app.connections.raw<{ type: string; fields: string[]; version: number; reason: string | null }[]>`
    select type, reason, subject_version as version, (select coalesce(json_agg(c ->> 'field'), '[]') from jsonb_array_elements(changes) c) as fields
    from events where subject_id = ${decodeIdOf("Interview", id)} and subject_version > 1 order by sequence`;
  return rows.map((row) => ({ ...row }));
}

/** Columns of the stored row. */
export async function storedOf({ app }: Pick<TestApp, "app">, id: string): Promise<Record<string, any>> {
  const [row] = await app.connections.raw`select * from interviews where id = ${decodeIdOf("Interview", id)}`;
  return row ?? {};
}
