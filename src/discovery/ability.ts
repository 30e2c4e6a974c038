import type { Context } from "../operation/context.ts";
import { meetingStatus } from "../interview/lifecycle.ts";
import { callerManages, managedOf } from "../interview/permission.ts";
import { interviewersOfInterview, scorecardsOfInterview } from "../interview/load.ts";
import type { Interview } from "../interview/load.ts";
import { loaded } from "../read/loader.ts";

export const ABILITIES = ["update", "cancel", "markNoShow", "undoNoShow", "recordRsvp", "retryProvisioning"] as const;
export type Abilities = Record<(typeof ABILITIES)[number], boolean>;

type State = Pick<Interview, "outcome" | "startsAt" | "endsAt" | "location" | "provisioningState" | "external">;

/** What may be done to an interview in a state by somebody who does or does not have the right to manage it. */
function abilitiesIn(state: State, { manages, now }: { manages: boolean; now: Date }): Abilities {
  const status = meetingStatus(state, now);
  const isOpen = status !== "CANCELLED";
  return {
    update: manages && isOpen,
    cancel: manages && isOpen && !(state.location === "HACKERRANK" && status === "ENDED"),
    markNoShow: manages && (status === "IN_PROGRESS" || status === "ENDED"),
    undoNoShow: manages && status === "CANDIDATE_NO_SHOW",
    recordRsvp: isOpen && !state.external,
    retryProvisioning: manages && state.provisioningState === "FAILED",
  };
}

/** What the caller may do to an interview now. */
export async function abilitiesOf(ctx: Context, interview: Interview): Promise<Abilities> {
  const manages =
    ctx.caller.scopes.has("interviews:write") && (await callerManages(ctx, () => managedOf(ctx, interview)));
  const abilities = abilitiesIn(interview, { manages, now: ctx.now() });
  return {
    ...abilities,
    markNoShow: abilities.markNoShow && (await loaded(ctx.load(scorecardsOfInterview, interview.id))).length === 0,
    recordRsvp: abilities.recordRsvp && (manages || (await mayAnswer(ctx, interview))),
  };
}

/** Whether they have an answer of their own to give. */
async function mayAnswer(ctx: Context, { id }: Interview): Promise<boolean> {
  const { scopes, userId } = ctx.caller;
  if (!scopes.has("interviews:write") || userId === null) return false;
  const seats = await loaded(ctx.load(interviewersOfInterview, id));
  return seats.some((seat) => seat.userId === userId);
}
