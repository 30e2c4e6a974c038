import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { interviewInAccount } from "./load.ts";
import type { Interview } from "./load.ts";
import { seesInterview } from "./visibility.ts";

/** One interview, or null when there is none that the caller may see. */
export async function findInterview(ctx: Context, id: string): Promise<Interview | null> {
  requireScope(ctx, "interviews:read");
  return visibleInterview(ctx, id);
}

/** One interview for a verb that changes it, whose caller need not be allowed to read anything. */
export async function findToChange(ctx: Context, id: string): Promise<Interview | null> {
  const interview = await ctx.load(interviewInAccount, id);
  return interview && (await seesInterview(ctx, interview)) ? interview : null;
}

/** One interview to show; null when the caller may not see it. */
export async function visibleInterview(ctx: Context, id: string): Promise<Interview | null> {
  return ctx.caller.scopes.has("interviews:read") ? findToChange(ctx, id) : null;
}
