import { decodeIdOf } from "../../src/core/id.ts";
import { provisioningHandler } from "../../src/provisioning/reconcile.ts";
import type { TestApp } from "./app.ts";

/** Runs the task of an interview once, as a worker would that fetches it now. */
export async function provisionOnce({ app }: Pick<TestApp, "app">, id: string): Promise<void> {
  const interviewId = decodeIdOf("Interview", id);
  const [row] = await app.connections.raw`select account_id from interviews where id = ${interviewId}`;
  // When the attempt is due.
  await app.connections.raw`update provisionings set next_attempt_at = null where interview_id = ${interviewId}`;
  const handler = provisioningHandler(app.services, app.providers);
  await handler.run({ interviewId }, { accountId: row?.["account_id"], id: "test" });
}
