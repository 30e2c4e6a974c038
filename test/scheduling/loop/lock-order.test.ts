import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { decodeIdOf } from "../../../src/core/id.ts";
import { startTestApp } from "../../support/app.ts";
import type { TestApp } from "../../support/app.ts";
import { leg, loopOf, runLoop, succeedLoop } from "../../support/loop.ts";
import { untilSomebodyWaits } from "../../support/lock.ts";
import { provisionOnce } from "../../support/provisioning.ts";
import { clearTraces } from "../../support/trace.ts";
import { run } from "../../support/verb.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());
beforeEach(() => clearTraces(app));

const VERBS: [verb: string, ask: (loopId: string, ids: string[]) => Promise<any>][] = [
  [
    "moveLoop",
    (loopId, ids) => {
      const legs = ids.map((interviewId, index) => ({ interviewId, startTime: `2027-03-0${5 - index}T10:00Z` }));
      return runLoop(app.client, "moveLoop", { loopId, legs });
    },
  ],
  ["cancelLoop", (loopId) => runLoop(app.client, "cancelLoop", { loopId })],
  ["cancelInterview", (_loopId, [, interviewId]) => run(app.client, "cancelInterview", { interviewId })],
  [
    "updateInterview",
    (_loopId, [, interviewId]) =>
      run(app.client, "updateInterview", { interviewId, changes: { startTime: "2027-03-05T10:00Z" } }),
  ],
];

test.each(VERBS)("%s waits for a run of provisioning without what that run needs next", async (verb, ask) => {
  const { loop } = await succeedLoop(
    app.client,
    "scheduleLoop",
    loopOf([leg("2027-03-01T10:00Z"), leg("2027-03-02T10:00Z")]),
  );
  const ids: string[] = loop.interviews.map(({ id }: any) => id);
  for (const id of ids) await provisionOnce(app, id);
  const interviewId = decodeIdOf("Interview", ids[1] ?? "");
  const asked = await app.app.connections.raw.begin(async (tx) => {
    // What a statement does that begins an effect: it extends the lease, and its row refers to the interview.
    await tx`update provisionings set leased_until = now() where interview_id = ${interviewId}`;
    const answer = ask(loop.id, ids);
    await untilSomebodyWaits(app);
    await tx`select from interviews where id = ${interviewId} for key share nowait`;
    return { answer };
  });
  expect((await asked.answer).__typename).toBe(`${verb.charAt(0).toUpperCase()}${verb.slice(1)}Success`);
});
