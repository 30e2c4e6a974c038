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

/** The same without a refusal: what the caller may not see is null. */
export async function visibleInterview(ctx: Context, id: string): Promise<Interview | null> {
  if (!ctx.caller.scopes.has("interviews:read")) return null;
  const interview = await ctx.load(interviewInAccount, id);
  return interview && (await seesInterview(ctx, interview)) ? interview : null;
}
