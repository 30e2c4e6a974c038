import { loaded } from "../operation/loader.ts";
import type { Context } from "../operation/context.ts";
import * as hiring from "../hiring/load.ts";
import { userInAccount } from "../people/load.ts";
import { meetingStatus } from "./lifecycle.ts";
import { managementRight } from "./permission.ts";
import type { Interview } from "./request.ts";

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
    retryProvisioning: stands && state.provisioningState === "FAILED",
  };
}

/** What the caller may do to an interview now. */
export async function abilitiesOf(ctx: Context, interview: Interview): Promise<Abilities> {
  return abilitiesIn(interview, { manages: await manages(ctx, interview), now: ctx.now() });
}

/** A token's scope is enough; a person needs the right to manage the application as well. */
async function manages(ctx: Context, { jobId, candidateId }: Interview): Promise<boolean> {
  const { scopes, userId } = ctx.caller;
  if (!scopes.has("interviews:write")) return false;
  if (userId === null) return true;
  const [user, team, candidate] = await Promise.all([
    ctx.load(userInAccount, userId),
    loaded(ctx.load(hiring.teamOfJob, jobId)),
    loaded(ctx.load(hiring.candidateInAccount, candidateId)),
  ]);
  return user !== null && user.active && managementRight(user, { team, candidate }) === "may";
}
