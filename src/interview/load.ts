import { eq } from "drizzle-orm";
import type { Transaction } from "../db/client.ts";
import { eventCounters } from "../db/schema/account.ts";
import { interviewers, interviews } from "../db/schema/interview.ts";
import { provisionings } from "../db/schema/provisioning.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { defineListLoader, defineRowLoader } from "../operation/loader.ts";
import { loadPage } from "../operation/page.ts";
import type { Page, PageArguments } from "../operation/page.ts";
import type { Interview } from "./request.ts";

export const interviewInAccount = defineRowLoader("interview_in_account", interviews);

export const interviewersOfInterview = defineListLoader("interviewers_of_interview", interviewers, {
  by: "interviewId",
  order: ["position"],
});

/** How provisioning has gone; null before the first refusal. */
export const provisioningOfInterview = defineRowLoader("provisioning_of_interview", provisionings, "interviewId");

/** One interview, or null when there is none that the caller may see. */
export async function findInterview(ctx: Context, id: string): Promise<Interview | null> {
  requireScope(ctx, "interviews:read");
  return ctx.load(interviewInAccount, id);
}

/** The same without a refusal: what the caller may not see is null. */
export async function visibleInterview(ctx: Context, id: string): Promise<Interview | null> {
  return ctx.caller.scopes.has("interviews:read") ? ctx.load(interviewInAccount, id) : null;
}

/** A page of interviews, with the place in the event log that it reflects when that was asked for. */
export type InterviewPage = Page<Interview> & { asOfCursor: string | null };

/** Interviews in the order of their starts. */
export async function listInterviews(
  ctx: Context,
  args: PageArguments,
  { asOfCursor }: { asOfCursor: boolean },
): Promise<InterviewPage> {
  requireScope(ctx, "interviews:read");
  const query = { table: interviews, sort: "startsAt" } as const;
  if (!asOfCursor) return { ...(await loadPage(ctx, query, args)), asOfCursor: null };
  const { accountId } = ctx;
  const readBoth = async (tx: Transaction) => {
    const [counter] = await tx.select().from(eventCounters).where(eq(eventCounters.accountId, accountId));
    const page = await loadPage(ctx, { ...query, executor: tx }, args);
    return { ...page, asOfCursor: ctx.events.cursorOf({ accountId, sequence: counter?.lastSequence ?? 0 }) };
  };
  return ctx.db.transaction(readBoth, { isolationLevel: "repeatable read", accessMode: "read only" });
}
