import type { Context } from "../operation/context.ts";
import { meetingStatus } from "../interview/lifecycle.ts";
import { callerManages, managedOf } from "../interview/permission.ts";
import type { Interview } from "../interview/load.ts";

export const ABILITIES = ["update", "cancel", "markNoShow", "undoNoShow", "retryProvisioning"] as const;
export type Abilities = Record<(typeof ABILITIES)[number], boolean>;

type State = Pick<Interview, "outcome" | "startsAt" | "endsAt" | "location" | "provisioningState">;

/** What a caller may do to an interview in this state, with or without the right to manage it. */
export function abilitiesIn(state: State, { manages, now }: { manages: boolean; now: Date }): Abilities {
  const status = meetingStatus(state, now);
  const editable = manages && status !== "CANCELLED";
  return {
    update: editable,
    cancel: editable && !(state.location === "HACKERRANK" && status === "ENDED"),
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
