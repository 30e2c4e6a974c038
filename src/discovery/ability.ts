import type { Context } from "../operation/context.ts";
import { meetingStatus } from "../interview/lifecycle.ts";
import { callerManages, managedOf } from "../interview/permission.ts";
import type { Interview } from "../interview/load.ts";

export const ABILITIES = ["update", "cancel", "markNoShow", "undoNoShow", "retryProvisioning"] as const;
export type Abilities = Record<(typeof ABILITIES)[number], boolean>;

type State = Pick<Interview, "outcome" | "startsAt" | "endsAt" | "location" | "provisioningState">;

/** What may be done to an interview in a state by somebody who does or does not have the right to manage it. */
export function abilitiesIn(state: State, { manages, now }: { manages: boolean; now: Date }): Abilities {
  const status = meetingStatus(state, now);
  const stands = manages && status !== "CANCELLED";
  return {
    update: stands,
    cancel: stands && !(state.location === "HACKERRANK" && status === "ENDED"),
    markNoShow: manages && (status === "IN_PROGRESS" || status === "ENDED"),
    undoNoShow: manages && status === "CANDIDATE_NO_SHOW",
    retryProvisioning: manages && state.provisioningState === "FAILED",
  };
}

/** What the caller may do to an interview now. */
export async function abilitiesOf(ctx: Context, interview: Interview): Promise<Abilities> {
  const manages =
    ctx.caller.scopes.has("interviews:write") && (await callerManages(ctx, () => managedOf(ctx, interview)));
  return abilitiesIn(interview, { manages, now: ctx.now() });
}
