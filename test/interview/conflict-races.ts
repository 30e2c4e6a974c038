import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TestApp } from "../support/app.ts";
import { adHoc, CREATE, external, user } from "../support/interview.ts";
import { tracesIn } from "../support/trace.ts";

const strict = { conflictPolicy: "REJECT", conflictReason: null };
const at = (startTime: string) => ({ ...strict, startTime, timezone: "UTC" });
/** The traces of so many interviews that were created. */
const created = (count: number) => ({ interviews: count, events: count, newest: count, tasks: count, keys: 0 });
const overlaps = async ({ app }: TestApp) => app.connections.raw`
  select a.user_id, a.starts_at, b.starts_at from interviewers a join interviewers b
    on a.account_id = b.account_id and a.user_id = b.user_id and a.interview_id < b.interview_id
    and a.starts_at < b.ends_at and b.starts_at < a.ends_at
  where a.claim = 'EXCLUSIVE' and b.claim = 'EXCLUSIVE'`;

/**
 * Tests that no interviewer is booked twice, whoever comes first. The application has no interviews at their beginning.
 * @param slots how many times are wanted by 64 requests at once
 * @param runs how many random sets of requests are sent
 */
export function testRaces(app: () => TestApp, { slots, runs }: { slots: number; runs: number }): void {
  const send = async (input: object) => (await app().client.data(CREATE, { input }))["createInterview"];

  test(
    "64 parallel requests for one slot: one success and 63 conflicts, again and again",
    { timeout: 120_000 },
    async () => {
      for (let round = 0; round < slots; round += 1) {
        const startTime = `2027-04-${String(round + 1).padStart(2, "0")}T10:00Z`;
        const people = [user("ada"), user("bob"), user("extra-0"), user("extra-1")];
        const answers = await Promise.all(
          Array.from({ length: 64 }, async (_, index) => {
            const interviewerIds = [...people.slice(index % 4), ...people.slice(0, index % 4)];
            const body = JSON.stringify({
              query: CREATE,
              variables: { input: adHoc({ kind: "PANEL", interviewerIds }, at(startTime)) },
            });
            const response = await app().client.post(body);
            return { status: response.status, body: await response.json() };
          }),
        );
        expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
        const kinds = answers.map(({ body }) => body.data?.createInterview.__typename);
        expect(kinds.filter((kind) => kind === "CreateInterviewSuccess")).toHaveLength(1);
        expect(kinds.filter((kind) => kind === "InterviewerConflict")).toHaveLength(63);
      }
      expect(await tracesIn(app())).toEqual(created(slots));
      expect(app().log.filter(({ level }) => Number(level) >= 40)).toEqual([]);
      const [stats] = await app().app.connections
        .raw`select deadlocks::int from pg_stat_database where datname = current_database()`;
      expect(stats).toEqual({ deadlocks: 0 });
    },
  );

  describe("whatever is created, in whatever order", () => {
    const people = ["ada", "bob", "extra-0"];
    const request = fc.record({
      people: fc.subarray(people, { minLength: 1 }),
      slot: fc.integer({ min: 0, max: 7 }),
      quarters: fc.integer({ min: 1, max: 4 }),
      kind: fc.constantFrom("reject", "reject", "reject", "allow", "external"),
    });
    type Request = { people: string[]; slot: number; quarters: number; kind: string };
    const toInput = (day: string, { people: who, slot, quarters, kind }: Request) => {
      const time = `${day}T${String(10 + Math.floor(slot / 4))}:${String((slot % 4) * 15).padStart(2, "0")}Z`;
      const mode = { kind: "PANEL", durationMinutes: quarters * 15, interviewerIds: who.map(user) };
      const policy = kind === "allow" ? { conflictPolicy: "ALLOW", conflictReason: "model" } : strict;
      return (kind === "external" ? external : adHoc)(mode, { ...at(time), ...policy });
    };
    let day = 0;
    const nextDay = () => new Date(Date.UTC(2027, 5, (day += 1))).toISOString().slice(0, 10);

    test("one after another, the answer is the model's", { timeout: 120_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(request, { minLength: 2, maxLength: 8 }), async (requests) => {
          const taken: Request[] = [];
          const date = nextDay();
          for (const one of requests) {
            const busy = taken.some(
              (other) =>
                other.people.some((who) => one.people.includes(who)) &&
                one.slot < other.slot + other.quarters &&
                other.slot < one.slot + one.quarters,
            );
            const refused = busy && one.kind === "reject";
            const answer = await send(toInput(date, one));
            expect(answer.__typename).toBe(refused ? "InterviewerConflict" : "CreateInterviewSuccess");
            if (!refused) taken.push(one);
          }
        }),
        { numRuns: runs },
      );
      expect(await overlaps(app())).toEqual([]);
    });

    test("all at once, no overlap is committed", { timeout: 120_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(request, { minLength: 4, maxLength: 16 }), async (requests) => {
          const date = nextDay();
          const answers = await Promise.all(requests.map((one) => send(toInput(date, one))));
          for (const [index, { __typename }] of answers.entries()) {
            const expected =
              requests[index]?.kind === "reject"
                ? ["InterviewerConflict", "CreateInterviewSuccess"]
                : ["CreateInterviewSuccess"];
            expect(expected).toContain(__typename);
          }
        }),
        { numRuns: runs },
      );
      expect(await overlaps(app())).toEqual([]);
    });
  });
}
