import { expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import { inAccount } from "../support/directory.ts";
import { adHoc, createInterview } from "../support/interview.ts";
import { buildWorker } from "../../src/worker.ts";

test("an account with many tasks does not make another wait", { timeout: 60_000 }, async () => {
  const order: string[] = [];
  const conference = {
    putConference: async (_request: object, { accountId }: { accountId: string }) => {
      order.push(accountId);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { url: "https://meet.google.com/abc-defg-hij" };
    },
    removeConference: async () => ({}),
  };
  const app = await startTestApp({ worker: false, now: () => new Date(), providers: { conference } });
  for (let count = 0; count < 200; count += 1) await createInterview(app.client, adHoc({ location: "GOOGLE_MEET" }));
  const stream = await app.other.subscribe("subscription { interviewProvisioned { sequence } }");
  await createInterview(app.other, inAccount("other", adHoc({ location: "GOOGLE_MEET" })));

  const worker = buildWorker(app.app);
  await worker.start();
  await stream.next();
  const [counts] = await app.app.connections.raw`
    select count(*) filter (where provisioning_state = 'PENDING')::int as pending from interviews`;
  expect(counts?.["pending"]).toBeGreaterThan(120);
  expect(new Set(order).size).toBe(2);
  await stream.close();
  worker.stop();
  await app.stop();
});
