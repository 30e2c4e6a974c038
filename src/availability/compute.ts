import { newId } from "../core/id.ts";
import { availabilitySearches } from "../db/schema/availability.ts";
import { ValidationFailed } from "../interview/finding.ts";
import { findToChange } from "../interview/find.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { inTransaction } from "../operation/transaction.ts";
import { userInAccount } from "../people/load.ts";
import type { User } from "../people/load.ts";
import { enqueue } from "../tasks/enqueue.ts";
import { loaded } from "../read/loader.ts";
import { readSnapshot } from "./facts.ts";
import type { Snapshot } from "./facts.ts";
import { findPeople, participantIds } from "./find-people.ts";
import type { Question } from "./find-people.ts";
import type { InterviewSearch } from "./load.ts";
import { judgeRequest } from "./request.ts";
import type { JudgedRequest, References, SearchRequest, WindowRequest } from "./request.ts";
import { completeSearch } from "./tasks.ts";

/**
 * Begins a search, and completes it when no calendar has to be asked.
 * @throws ValidationFailed; then nothing was written
 */
export async function computeAvailability(ctx: Context, request: SearchRequest): Promise<InterviewSearch> {
  requireScope(ctx, "interviews:write");
  const { interviewerIds, kind, durationMinutes } = request;
  const judged = judgeRequest(request, await loadReferences(ctx, request, interviewerIds), ctx.now());
  const asked = { interviewerIds, kind, durationMinutes, loop: null };
  return { ...(await beginSearch(ctx, { request, judged }, asked)), ...asked };
}

type Row = typeof availabilitySearches.$inferSelect;

/**
 * Writes a search with what is asked for, one interview or a loop.
 * @throws ValidationFailed
 */
export async function beginSearch(
  ctx: Context,
  { request, judged: { window, findings } }: { request: WindowRequest; judged: JudgedRequest },
  asked: Pick<Row, "interviewerIds" | "kind" | "durationMinutes" | "loop">,
): Promise<Row> {
  if (findings.length > 0) throw new ValidationFailed(findings);
  const now = ctx.now();
  const { ids: _, from: _from, to: _to, ...rest } = request;
  const question = { ...rest, ...asked, startsAt: new Date(window.start), endsAt: new Date(window.end) };
  const users = await loadParticipants(ctx, question);
  const calendars = calendarsOf(users);
  const snapshot = await readSnapshot(ctx, question, { userIds: users.map(({ id }) => id), calendars });
  const done = calendars.every((calendar) => snapshot.answers.has(calendar));
  const pending: Row = {
    ...question,
    accountId: ctx.accountId,
    id: newId(),
    userId: ctx.caller.userId,
    state: "PENDING",
    people: null,
    asOfCursor: null,
    errorCode: null,
    errorMessage: null,
    createdAt: now,
    completedAt: null,
  };
  if (done) return insert(ctx, { ...pending, ...resultOf(question, { users, snapshot, now }) });
  await inTransaction(ctx, async (tx) => {
    await tx.insert(availabilitySearches).values(pending);
    await enqueue(tx, ctx, { task: completeSearch, payload: { searchId: pending.id } });
  });
  return pending;
}

async function insert(ctx: Context, search: Row): Promise<Row> {
  await ctx.db.insert(availabilitySearches).values(search);
  return search;
}

/** @param interviewerIds each of them once */
export async function loadReferences(
  ctx: Context,
  request: WindowRequest,
  interviewerIds: readonly string[],
): Promise<References> {
  const [organizer, interviewers, ignoredInterviews] = await Promise.all([
    ctx.load(userInAccount, request.organizerId),
    Promise.all(interviewerIds.map(async (id) => [id, await ctx.load(userInAccount, id)] as const)),
    Promise.all(request.ignoredInterviewIds.map((id) => findToChange(ctx, id))),
  ]);
  return { organizer, interviewers: new Map(interviewers), ignoredInterviews };
}

export function loadParticipants(ctx: Context, question: Question): Promise<User[]> {
  return Promise.all(participantIds(question).map((id) => loaded(ctx.load(userInAccount, id))));
}

export const calendarsOf = (users: readonly User[]): string[] => [
  ...new Set(users.flatMap(({ calendarAddress }) => (calendarAddress === null ? [] : [calendarAddress]))),
];

/** What a search that has succeeded has beside its question. */
export function resultOf(question: Question, facts: { users: readonly User[]; snapshot: Snapshot; now: Date }) {
  const { asOfCursor } = facts.snapshot;
  return { state: "SUCCEEDED" as const, people: findPeople(question, facts), asOfCursor, completedAt: facts.now };
}
