import { expect, onTestFinished, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import { adHoc, createInterview } from "../support/interview.ts";
import { runGateway } from "../support/process.ts";

test(
  "a task that has lost many workers is taken over as soon as one that lost its first",
  { timeout: 60_000 },
  async () => {
    const app = await startTestApp({ worker: false });
    const stream = await app.client.subscribe("subscription { interviewProvisioned { type interviewVersion } }");
    await createInterview(app.client, adHoc());
    const lost = await app.app.connections.raw`
    update pgboss.job set state = 'active', retry_count = 9, started_on = now() - interval '1 minute',
      heartbeat_on = now() - interval '1 minute'
    returning heartbeat_seconds`;
    expect(lost).toEqual([{ heartbeat_seconds: 10 }]);

    const worker = runGateway([], { ROLE: "worker", DATABASE_URL: app.databaseUrl, DATA_DIR: app.outbox });
    onTestFinished(() => void worker.child.kill("SIGKILL"));
    expect(await stream.next()).toEqual({
      data: { interviewProvisioned: { type: "INTERVIEW_PROVISIONED", interviewVersion: 2 } },
    });
    await stream.close();
    worker.child.kill("SIGTERM");
    expect(await worker.exit()).toBe(0);
    await app.stop();
  },
);
