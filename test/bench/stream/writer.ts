import type { App } from "../../../src/app.ts";
import { interviews } from "../../../src/db/schema/interview.ts";
import { systemContext } from "../../../src/operation/context.ts";
import { inTransaction } from "../../../src/operation/transaction.ts";
import { DEMO_MUTATION } from "../../../src/demo/banner.ts";
import type { Client } from "../../support/client.ts";
import { touchInterview } from "../../support/touch.ts";

/** Commits changes of one interview in another process than the gateway, as a worker does. */
export interface Writer {
  /** @returns the instant of the commit, in nanoseconds of the monotonic clock */
  commit(): Promise<bigint>;
  /** Leads behind the last event. */
  asOfCursor(): Promise<string>;
}

export async function createWriter(app: App, client: Client): Promise<Writer> {
  await client.data(DEMO_MUTATION);
  const [interview] = await app.services.db.select().from(interviews).limit(1);
  if (!interview) throw new Error("The demo's interview was not created.");
  const { accountId, id } = interview;
  let committed = 0n;
  const ctx = systemContext(app.services, accountId, "bench");
  ctx.wake = () => {
    committed = process.hrtime.bigint();
    app.services.wake();
  };
  return {
    async commit() {
      await inTransaction(ctx, async (tx) => {
        await touchInterview(tx, ctx, { type: "INTERVIEW_UPDATED", interviewId: id });
      });
      return committed;
    },
    async asOfCursor() {
      return (await client.data("{ interviews(first: 0) { asOfCursor } }"))["interviews"].asOfCursor;
    },
  };
}
