import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { compute, connectCalendars, search, searched } from "../support/availability.ts";
import { adHoc, createInterview, user } from "../support/interview.ts";

const EXTRAS = Array.from({ length: 10 }, (_, index) => `extra-${index}`);
const MONTH = { from: "2027-03-01T00:00Z", to: "2027-03-31T00:00Z" };

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  await connectCalendars(app, ["recruiter", ...EXTRAS]);
});
afterAll(() => app.stop());

/** The tables that the statements of a search begin with, when all calendars have answered a moment ago. */
async function tablesOf(people: string[]): Promise<string[]> {
  const input = search({ ...MONTH, interviewerIds: people.map(user) });
  await searched(app, input);
  app.statements.length = 0;
  app.rawStatements.length = 0;
  const found = await compute(app.client, input);
  expect(found).toMatchObject({ status: "SUCCEEDED", people: { length: people.length + 1 } });
  return [...app.statements, ...app.rawStatements].map((text) => /(?:from|into) "?(\w+)/.exec(text)?.[1] ?? text);
}

test("a search with its result is three statements, however many people there are", async () => {
  const expected = ["users", "installations", "availability_searches"];
  expect(await tablesOf(EXTRAS.slice(0, 1))).toEqual(expected);
  expect(await tablesOf(EXTRAS)).toEqual(expected);
});

test("naming the interviews that are in the way is one more, however many they are", async () => {
  const book = (name: string, day: number) =>
    createInterview(app.client, adHoc({ interviewerIds: [user(name)] }, { startTime: `2027-03-0${day}T10:00` }));
  await book("extra-0", 1);
  const few = await tablesOf(EXTRAS);
  expect(few).toEqual(["users", "installations", "availability_searches", "interviews"]);
  for (const [index, name] of EXTRAS.entries()) await book(name, (index % 3) + 2);
  expect(await tablesOf(EXTRAS)).toEqual(few);
});
