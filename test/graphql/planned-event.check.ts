import { executeSubscriptionEvent, parse, validateSubscriptionArgs } from "graphql";
import { expect, test } from "vitest";
import { executePlannedEvent } from "../../src/execution/planned-execute.ts";
import { schema } from "../../src/schema.ts";

const EVENT = {
  type: "INTERVIEW_UPDATED",
  accountId: "a",
  id: "e",
  sequence: 7,
  subjectVersion: 2,
  occurredAt: new Date("2027-01-04T08:00:00.000Z"),
  changes: [{ field: "START" }, { field: "END" }],
  facts: { before: {}, after: { location: "PHONE" }, job: {} },
  detail: {},
};
const BOOKMARK = { type: "BOOKMARK", accountId: "a", sequence: 7, occurredAt: EVENT.occurredAt };
const FAILURE = { type: "FAILURE", error: new Error("It cannot go on.") };
const contextValue = { events: { cursorOf: () => "cursor" } };

const PARTS =
  "__typename cursor at: occurredAt ... on InterviewEvent { id sequence type interviewVersion changedFields leftFilter }";
const ALL = `subscription { interviewEvents { ${PARTS} } }`;
const FILTERED = `subscription ($filter: InterviewFilter!) { interviewEvents(filter: $filter) { ${PARTS} } }`;

test.each<[name: string, query: string, item: object, fallback: string | undefined]>([
  ["an event", ALL, EVENT, undefined],
  ["an event that a filter lets through", FILTERED, EVENT, undefined],
  ["a bookmark", ALL, BOOKMARK, undefined],
  ["the failure of a stream", ALL, FAILURE, "error"],
  ["an event with a field that is missing", ALL, { ...EVENT, sequence: null }, "null"],
  ["a document with a directive", ALL.replace("cursor", "cursor @skip(if: false)"), EVENT, "directive"],
])("%s is what graphql-js makes of it", async (_name, query, item, fallback) => {
  const variableValues = query === FILTERED ? { filter: { locations: ["PHONE"] } } : {};
  const args = validateSubscriptionArgs({
    schema,
    document: parse(query),
    variableValues,
    contextValue,
    rootValue: item,
  });
  if (!("schema" in args)) throw new Error(String(args));
  const reasons: string[] = [];
  const planned = await executePlannedEvent(args, ({ reason }) => reasons.push(reason));
  expect(JSON.stringify(planned)).toBe(JSON.stringify(await executeSubscriptionEvent(args)));
  expect(reasons).toEqual(fallback ? [fallback] : []);
});
