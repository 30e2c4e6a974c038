import { expect, onTestFinished, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, createInterview } from "../support/interview.ts";
import { runGateway } from "../support/process.ts";

/** Makes the one task look as if a worker had died with it, and others before. */
const loseWorker = (app: TestApp, earlier: number) => app.app.connections.raw`
  update pgboss.job set state = 'active', retry_count = ${earlier}, started_on = now() - interval '1 minute',
    heartbeat_on = now() - interval '1 minute'
  returning heartbeat_seconds`;

test("a gateway gives a lost worker's task back when no worker is there to do it", async () => {
  const app = await startTestApp({ worker: false });
  await createInterview(app.client, adHoc());
  expect(await loseWorker(app, 0)).toEqual([{ heartbeat_seconds: 10 }]);
  const state = () => app.app.connections.raw`select state from pgboss.job`.then(([row]) => row?.["state"]);
  await expect.poll(state, { timeout: 25_000 }).toBe("retry");
  await app.stop();
});

test(
  "a task that has lost many workers is taken over as soon as one that lost its first",
  { timeout: 60_000 },
  async () => {
    const app = await startTestApp({ worker: false });
    const stream = await app.client.subscribe(
      "subscription { interviewProvisioned { failure { code } interviewVersion } }",
    );
    await createInterview(app.client, adHoc());
    expect(await loseWorker(app, 9)).toEqual([{ heartbeat_seconds: 10 }]);

    const worker = runGateway([], { ROLE: "worker", DATABASE_URL: app.databaseUrl, DATA_DIR: app.outbox });
    onTestFinished(() => void worker.child.kill("SIGKILL"));
    expect(await stream.next()).toEqual({
      data: { interviewProvisioned: { failure: null, interviewVersion: 2 } },
    });
    await stream.close();
    worker.child.kill("SIGTERM");
    expect(await worker.exit()).toBe(0);
    await app.stop();
  },
);
