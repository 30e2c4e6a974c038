import * as fc from "fast-check";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { interviewers, interviews } from "../../src/db/schema/interview.ts";
import { hiringTeamMembers, jobs } from "../../src/db/schema/hiring.ts";
import { matching } from "../../src/discovery/filter.ts";
import type { InstantWindow, InterviewFilter } from "../../src/discovery/filter.ts";
import { matches } from "../../src/discovery/match.ts";
import { factsOf } from "../../src/interview/facts.ts";
import type { InterviewFacts, JobFacts } from "../../src/interview/facts.ts";
import { MEETING_STATUSES } from "../../src/interview/lifecycle.ts";
import { bulkAccountId, seedBulk } from "../support/bulk.ts";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";

const NOW = new Date("2027-03-01T09:00:00.000Z");
const accountId = bulkAccountId(1);

let database: TestDatabase;
const facts = new Map<string, InterviewFacts & JobFacts>();
beforeAll(async () => {
  database = await createTestDatabase();
  const { raw, db } = database.connections;
  await seedBulk(raw, NOW, [300, 60]);
  // Offices that the location hides, and interviews without a location.
  await raw`update interviews set office_id = offices.id from offices
    where offices.account_id = interviews.account_id and hashtext(interviews.id::text || offices.id::text) % 5 = 0`;
  await raw`update interviews set location = null where external and hashtext(id::text) % 2 = 0`;
  await raw`insert into interview_loops (account_id, id, application_id, created_at)
    select account_id, id, id, created_at from applications where hashtext(id::text) % 3 = 0`;
  await raw`update interviews set loop_id = application_id where application_id in (select id from interview_loops)`;
  const own = await db.select().from(interviews).where(eq(interviews.accountId, accountId));
  const seats = await db.select().from(interviewers).where(eq(interviewers.accountId, accountId));
  const teams = await db.select().from(hiringTeamMembers).where(eq(hiringTeamMembers.accountId, accountId));
  const departments = new Map((await db.select().from(jobs)).map(({ id, department }) => [id, department]));
  for (const interview of own) {
    facts.set(interview.id, {
      ...factsOf({ interview, seats: seats.filter(({ interviewId }) => interviewId === interview.id) }),
      department: departments.get(interview.jobId) ?? null,
      recruiterIds: teams
        .filter(({ jobId, role }) => jobId === interview.jobId && role === "RECRUITER")
        .map(({ userId }) => userId),
    });
  }
});
afterAll(() => database.drop());

/** Filters that begin at what some interview is, so that most of them find something. */
function filterOf(): fc.Arbitrary<{ filter: InterviewFilter; now: Date }> {
  const all = [...facts.values()];
  const some = <T>(valuesOf: (one: InterviewFacts & JobFacts) => readonly (T | null)[]): fc.Arbitrary<T[]> => {
    const values = [...new Set(all.flatMap(valuesOf))].filter((value) => value !== null);
    return fc.uniqueArray(fc.constantFrom(...values), { maxLength: Math.max(3, Math.ceil(values.length / 2)) });
  };
  const instants = all.flatMap(({ startsAt, endsAt, createdAt, updatedAt }) => [
    startsAt,
    endsAt,
    createdAt,
    updatedAt,
  ]);
  const instant = fc
    .tuple(fc.constantFrom(...instants), fc.constantFrom(-1, 0, 1))
    .map(([text, more]) => new Date(Date.parse(text) + more));
  const window: fc.Arbitrary<InstantWindow> = fc.record(
    { from: fc.option(instant), to: fc.option(instant) },
    { requiredKeys: [] },
  );
  const filter = fc.record(
    {
      jobIds: some(({ jobId }) => [jobId]),
      applicationIds: some(({ applicationId }) => [applicationId]),
      loopIds: some(({ loopId }) => [loopId]),
      candidateIds: some(({ candidateId }) => [candidateId]),
      organizerIds: some(({ organizerId }) => [organizerId]),
      officeIds: some(({ officeId }) => [officeId]),
      stageIds: some(({ stageId }) => [stageId]),
      interviewerIds: some(({ interviewerIds }) => interviewerIds),
      recruiterIds: some(({ recruiterIds }) => recruiterIds),
      departments: some(({ department }) => [department]),
      statuses: fc.subarray([...MEETING_STATUSES]),
      kinds: some(({ kind }) => [kind]),
      locations: some(({ location }) => [location]),
      provisioningStates: some(({ provisioningState }) => [provisioningState]),
      external: fc.boolean(),
      aiNoteTakerEnabled: fc.boolean(),
      startTime: window,
      createdAt: window,
      updatedAt: window,
    },
    { requiredKeys: [] },
  );
  // Few conditions at a time: many together find nothing.
  const few = fc.tuple(filter, fc.array(fc.nat(18), { minLength: 1, maxLength: 3 })).map(([whole, kept]) => {
    const entries = Object.entries(whole);
    return Object.fromEntries(
      entries.filter((_entry, index) => kept.some((place) => place % entries.length === index)),
    );
  });
  return fc.record({ filter: few, now: fc.oneof(fc.constant(NOW), instant) });
}

test("what passes a filter in a list is what passes it in a stream, at any moment", async () => {
  const { db } = database.connections;
  const seen = { some: 0, none: 0 };
  await fc.assert(
    fc.asyncProperty(filterOf(), async ({ filter, now }) => {
      const where = and(eq(interviews.accountId, accountId), matching(filter, { accountId, now }));
      const listed = await db.select({ id: interviews.id }).from(interviews).where(where);
      const ids = listed.map(({ id }) => id);
      const passing = [...facts].filter(([, each]) => matches(filter, each, now)).map(([id]) => id);
      expect(passing.toSorted()).toEqual(ids.toSorted());
      seen[ids.length > 0 ? "some" : "none"] += 1;
    }),
    { numRuns: 400 },
  );
  expect(Math.min(seen.some, seen.none)).toBeGreaterThan(20);
});
