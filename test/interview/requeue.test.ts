import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { decodeId } from "../../src/core/id.ts";
import { provisioningHandler } from "../../src/provisioning/reconcile.ts";
import { requeueLostProvisioning } from "../../src/provisioning/requeue.ts";
import { buildWorker } from "../../src/worker.ts";
import { NOW, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, createInterview, external } from "../support/interview.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());
beforeEach(async () => {
  await raw()`delete from pgboss.job`;
  await raw()`update interviews set provisioning_state = 'PROVISIONED' where not external`;
  await raw()`delete from provisionings`;
});

const raw = () => app.app.connections.raw;
const create = async () => decodeId(await createInterview(app.client, adHoc())).id;
const queuedIds = async () => {
  const rows = await raw()`select data -> 'payload' ->> 'interviewId' as id from pgboss.job where state < 'completed'`;
  return new Set(rows.map((row) => row["id"]));
};
const requeue = () => requeueLostProvisioning(app.app.services);

test("a pending interview whose task is gone is queued again, once", async () => {
  const [lost, waiting] = [await create(), await create()];
  await raw()`delete from pgboss.job where data -> 'payload' ->> 'interviewId' = ${lost}`;
  const counts = await Promise.all([requeue(), requeue(), requeue()]);
  expect(counts.toSorted()).toEqual([0, 0, 1]);
  expect(await queuedIds()).toEqual(new Set([lost, waiting]));
});

test("more than a batch is queued whole", async () => {
  const ids = [await create(), await create(), await create()];
  await raw()`delete from pgboss.job`;
  expect(await requeueLostProvisioning(app.app.services, 2)).toBe(3);
  expect(await queuedIds()).toEqual(new Set(ids));
});

describe("is left alone", () => {
  test.each(["created", "retry", "active"])("an interview whose task is %s", async (state) => {
    await create();
    await raw()`update pgboss.job set state = ${state}::pgboss.job_state`;
    expect(await requeue()).toBe(0);
  });

  test.each(["completed", "cancelled", "failed"])("but not one whose task is %s", async (state) => {
    await create();
    await raw()`update pgboss.job set state = ${state}::pgboss.job_state`;
    expect(await requeue()).toBe(1);
  });

  test("an interview that waits for its next attempt, until then", async () => {
    const id = await create();
    await raw()`delete from pgboss.job`;
    await raw()`insert into provisionings (account_id, interview_id, attempts, error_code, error_message, error_retryable,
      next_attempt_at) select account_id, id, 1, 'DOWN', 'Down.', true, ${new Date(NOW.getTime() + 1).toISOString()}
      from interviews where id = ${id}`;
    expect(await requeue()).toBe(0);
    await raw()`update provisionings set next_attempt_at = ${NOW.toISOString()}`;
    expect(await requeue()).toBe(1);
  });

  test("what is external, failed or provisioned", async () => {
    await createInterview(app.client, external());
    for (const change of ["provisioning_state = 'FAILED'", "provisioning_state = 'PROVISIONED'"]) {
      await raw().unsafe(`update interviews set ${change} where id = '${await create()}'`);
    }
    await raw()`delete from pgboss.job`;
    expect(await requeue()).toBe(0);
  });
});

test("a task that does not find its interview fails, so that it is repeated", async () => {
  const { services, providers } = app.app;
  const [account] = await raw()`select id from accounts where external_id = 'sample'`;
  const run = provisioningHandler(services, providers).run(
    { interviewId: "00000000-0000-4000-8000-000000000000" },
    { accountId: account?.["id"], id: "test" },
  );
  await expect(run).rejects.toThrow("There is no interview");
});

test("a worker that starts queues them and provisions them", async () => {
  const ids = [await create(), await create()];
  await raw()`delete from pgboss.job`;
  const stream = await app.client.subscribe("subscription { interviewProvisioned { interview { id } } }");
  const worker = buildWorker(app.app);
  await worker.start();
  const told = [await stream.next(), await stream.next()];
  const provisioned = told.map(({ data }) => decodeId(data?.["interviewProvisioned"].interview.id).id);
  expect(new Set(provisioned)).toEqual(new Set(ids));
  expect(app.log.filter(({ msg }) => msg === "interviews whose task was gone were queued again")).toMatchObject([
    { interviews: 2 },
  ]);
  worker.stop();
  await stream.close();
});
