import * as hiring from "../../hiring/load.ts";
import type { Candidate, Office } from "../../hiring/load.ts";
import type { StoredInterview } from "../../interview/field.ts";
import type { Context } from "../../operation/context.ts";
import { loaded, unlessRetired } from "../../read/loader.ts";
import { userInAccount } from "../../people/load.ts";
import type { User } from "../../people/load.ts";
import type { Participants } from "../../provisioning/compose.ts";
import { loadLedger } from "../../provisioning/effect.ts";
import type { Ledger } from "../../provisioning/ledger.ts";
import { emailTemplateInAccount } from "../../template/load.ts";
import type { EmailTemplate } from "../../template/load.ts";
import type { References } from "../change.ts";
import type { Configuration } from "../configuration.ts";
import type { InterviewChanges } from "./merge.ts";

/** What a change of an interview needs to know beside the interview. */
export interface UpdateFacts {
  candidate: Candidate;
  organizer: User;
  /** By their ids, those who sit on the interview and those who were sent; null for who is unknown. */
  users: ReadonlyMap<string, User | null>;
  office: Office | null;
  candidateTemplate: EmailTemplate | null;
  interviewerTemplate: EmailTemplate | null;
  ledger: Ledger;
}

/** Loads it in one wave, before the record is locked. Of what stays the references are not asked for. */
export async function loadUpdateFacts(
  ctx: Context,
  changes: InterviewChanges,
  { interview, seats }: StoredInterview,
): Promise<UpdateFacts> {
  const userIds = new Set([
    ...seats.map(({ userId }) => userId),
    ...(changes.interviewerIds ?? []),
    ...[interview.hostId, changes.hostId].filter((id) => id != null),
  ]);
  const [candidate, organizer, users, office, candidateTemplate, interviewerTemplate, ledger] = await Promise.all([
    loaded(ctx.load(hiring.candidateInAccount, interview.candidateId)),
    loaded(ctx.load(userInAccount, interview.organizerId)),
    Promise.all([...userIds].map(async (id) => [id, await ctx.load(userInAccount, id)] as const)),
    unlessRetired(ctx.load(hiring.officeInAccount, changes.officeId ?? null)),
    unlessRetired(ctx.load(emailTemplateInAccount, changes.candidateTemplateId ?? null)),
    unlessRetired(ctx.load(emailTemplateInAccount, changes.interviewerTemplateId ?? null)),
    loadLedger(ctx, interview.id),
  ]);
  return { candidate, organizer, users: new Map(users), office, candidateTemplate, interviewerTemplate, ledger };
}

/** @returns null when somebody was not loaded */
export function referencesOf(
  { users, office, candidateTemplate, interviewerTemplate }: UpdateFacts,
  { interviewerIds, hostId }: Configuration,
): References | null {
  const needed = hostId === null ? interviewerIds : [...interviewerIds, hostId];
  if (!needed.every((id) => users.has(id))) return null;
  const interviewers = interviewerIds.map((id) => users.get(id) ?? null);
  const host = hostId === null ? null : (users.get(hostId) ?? null);
  return { interviewers, host, office, candidateTemplate, interviewerTemplate };
}

/** @returns null when somebody was not loaded */
export function participantsOf(
  { candidate, organizer, users }: UpdateFacts,
  { interview, seats }: StoredInterview,
): Participants | null {
  const interviewers = seats.flatMap((seat) => {
    const user = users.get(seat.userId);
    return user ? [{ seat, user }] : [];
  });
  return interviewers.length < seats.length ? null : { interview, candidate, organizer, interviewers };
}
