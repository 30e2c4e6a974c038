import { expect } from "vitest";
import type { Client } from "./client.ts";
import { adHoc, application, user } from "./interview.ts";
import { INTERVIEW } from "./verb.ts";

const LOOP = `loop { id name createdAt application { id } interviews { ${INTERVIEW} loop { id } } }`;
const WARNINGS = "warnings { code path interviewer { id } }";
const NOTICES = "notices { method interview { id } recipient { __typename ... on User { id } } }";
const CONFLICT =
  "... on LoopConflict { legs { leg conflicts { interviewer { id } startTime endTime interview { id } } } }";
const VERSION = "... on VersionConflict { currentVersion changedFields interview { id version } }";

const OF_SUCCESS = {
  scheduleLoop: `... on ScheduleLoopSuccess { ${LOOP} replayed ${WARNINGS} } ... on ScheduleLoopValid { ${WARNINGS} } ${CONFLICT}`,
  moveLoop: `... on MoveLoopSuccess { ${LOOP} replayed ${NOTICES} ${WARNINGS} } ${CONFLICT} ${VERSION}`,
  cancelLoop: `... on CancelLoopSuccess { ${LOOP} replayed ${NOTICES} } ${VERSION}`,
};
export type LoopVerb = keyof typeof OF_SUCCESS;

const capital = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

export function loopDocument(verb: LoopVerb): string {
  return `mutation ($input: ${capital(verb)}Input!) { ${verb}(input: $input) { __typename ${OF_SUCCESS[verb]}
    ... on Problem { code message } ... on ValidationFailed { findings { code path message } } } }`;
}

/** Sends a request about a loop that must be answered with data; its result. */
export async function runLoop(client: Client, verb: LoopVerb, input: object): Promise<any> {
  return (await client.data(loopDocument(verb), { input }))[verb];
}

/** The same when it must succeed. */
export async function succeedLoop(client: Client, verb: LoopVerb, input: object): Promise<any> {
  const result = await runLoop(client, verb, input);
  expect(result, JSON.stringify(input, null, 1)).toMatchObject({ __typename: `${capital(verb)}Success` });
  return result;
}

/** A leg of half an hour by phone with ada; `mode` replaces parts of its configuration. */
export const leg = (startTime: string, mode: object = {}) => ({ startTime, mode: adHoc(mode).mode });

/** A request to schedule a loop that is accepted; overlaps are refused. */
export const loopOf = (legs: object[], input: object = {}) => ({
  applicationId: application("active"),
  organizerId: user("recruiter"),
  timezone: "UTC",
  legs,
  ...input,
});
