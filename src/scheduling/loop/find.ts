import { applicationInAccount } from "../../hiring/load.ts";
import { seesApplication } from "../../hiring/visibility.ts";
import { requireScope } from "../../operation/authorize.ts";
import type { Context } from "../../operation/context.ts";
import { loaded } from "../../read/loader.ts";
import { loopInAccount } from "./load.ts";
import type { InterviewLoop } from "./load.ts";

/** One loop, or null when there is none that the caller may see: they see its application. */
export async function findLoop(ctx: Context, id: string): Promise<InterviewLoop | null> {
  requireScope(ctx, "interviews:read");
  return findLoopToChange(ctx, id);
}

/** The same for a verb that changes it, whose caller need not be allowed to read anything. */
export async function findLoopToChange(ctx: Context, id: string): Promise<InterviewLoop | null> {
  const loop = await ctx.load(loopInAccount, id);
  if (!loop) return null;
  const application = await loaded(ctx.load(applicationInAccount, loop.applicationId));
  return (await seesApplication(ctx, application)) ? loop : null;
}
