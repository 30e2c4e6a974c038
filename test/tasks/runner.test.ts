import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { decodeIdOf } from "../../src/core/id.ts";
import { buildWorker } from "../../src/worker.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, createInterview } from "../support/interview.ts";
import { clearTraces } from "../support/trace.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());
beforeEach(async () => {
  // What the worker still writes cannot be cleared.
  const left = () => app.app.connections.raw`select from pgboss.job where state < 'completed'`;
  await vi.waitFor(async () => expect(await left()).toHaveLength(0), { timeout: 20_000, interval: 20 });
  await clearTraces(app);
});

interface Task {
  state: string;
  retryCount: number;
  output: unknown;
}

/** The task of an interview as the queue holds it. */
async function taskOf(id: string): Promise<Task | undefined> {
  const [task] = await app.app.connections.raw<Task[]>`
    select state, retry_count as "retryCount", output from pgboss.job
    where data -> 'payload' ->> 'interviewId' = ${decodeIdOf("Interview", id)}`;
  return task;
}
const untilState = (id: string, state: string) =>
  vi.waitFor(async () => expect(await taskOf(id)).toMatchObject({ state }), { timeout: 20_000, interval: 20 });
/** Lets the tasks that wait for their next run begin it now. */
const hurry = () => app.app.connections.raw`update pgboss.job set start_after = now() where state = 'retry'`;

test("a task that failed is repeated until it succeeds, and the log names the error without its values", async () => {
  const { raw } = app.app.connections;
  await raw`alter table provisioning_effects rename to hidden_effects`;
  const id = await createInterview(app.client, adHoc());
  await untilState(id, "retry");
  await raw`alter table hidden_effects rename to provisioning_effects`;
  expect(await taskOf(id)).toMatchObject({ output: { reason: expect.any(String) } });
  const failures = app.log.filter(({ msg }) => msg === "task failed; it will be repeated");
  expect(failures[0]).toMatchObject({ level: 40, task: "provision-interview", attempt: 1, run: expect.any(String) });

  await hurry();
  await untilState(id, "completed");
  expect((await taskOf(id))?.retryCount).toBeGreaterThanOrEqual(1);
  const { interview } = await app.client.data(
    "query ($id: ID!) { interview(id: $id) { provisioning { state attempts } } }",
    { id },
  );
  expect(interview.provisioning).toEqual({ state: "PROVISIONED", attempts: 0 });
});

test("a task is repeated with short delays, as often as workers may be lost", async () => {
  await createInterview(app.client, adHoc());
  const [task] = await app.app.connections.raw`
    select retry_limit, retry_delay, retry_backoff, retry_delay_max, heartbeat_seconds from pgboss.job`;
  expect(task).toEqual({
    retry_limit: 100_000,
    retry_delay: 2,
    retry_backoff: true,
    retry_delay_max: 5,
    heartbeat_seconds: 10,
  });
});

test("a task that cannot be read fails alone, and its interview is queued again as one whose task is gone", async () => {
  const idle = await startTestApp({ worker: false });
  const ids = [];
  for (let count = 0; count < 3; count += 1) ids.push(await createInterview(idle.client, adHoc()));
  const { raw } = idle.app.connections;
  const [, spoilt] = ids.map((id) => decodeIdOf("Interview", id));
  await raw`
    update pgboss.job set data = jsonb_set(data, '{payload,interviewId}', '"nonsense"')
    where data -> 'payload' ->> 'interviewId' = ${spoilt ?? ""}`;
  const worker = buildWorker(idle.app);
  await worker.start();
  const states = async () => {
    const rows = await raw`select state from pgboss.job order by created_on`;
    return rows.map(({ state }) => state);
  };
  await vi.waitFor(async () => expect(await states()).toEqual(["completed", "retry", "completed", "completed"]), {
    timeout: 20_000,
    interval: 20,
  });
  worker.stop();
  await idle.stop();
});
