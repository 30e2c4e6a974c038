import { and, asc, eq, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { ProviderError } from "../calendar/error.ts";
import type { Message } from "../calendar/invitation.ts";
import type { CalendarEvent, Conference, Effect, Providers } from "../calendar/provider.ts";
import { provisioningEffects } from "../db/schema/provisioning.ts";
import type { Interview } from "../interview/load.ts";
import type { Context } from "../operation/context.ts";
import { digestOf, kindOf, Ledger } from "./ledger.ts";
import type { LedgerEntry } from "./ledger.ts";

export async function readLedger(ctx: Context, interviewId: string): Promise<Ledger> {
  const rows = await ctx.db
    .select()
    .from(provisioningEffects)
    .where(and(eq(provisioningEffects.accountId, ctx.accountId), eq(provisioningEffects.interviewId, interviewId)))
    .orderBy(asc(provisioningEffects.artifact), asc(provisioningEffects.revision));
  return new Ledger(rows);
}

/** Where an effect is recorded. */
export interface Place {
  interview: Pick<Interview, "id" | "revision">;
  ledger: Ledger;
}

/**
 * Stores an effect before it is performed.
 * @returns null when another run has stored one of the same revision
 */
export async function startEffect(
  ctx: Context,
  { interview, ledger }: Place,
  { kind, artifact, request }: { kind: "put" | "remove"; artifact: string; request: object },
): Promise<LedgerEntry | null> {
  const [entry] = await ctx.db
    .insert(provisioningEffects)
    .values({
      accountId: ctx.accountId,
      interviewId: interview.id,
      interviewRevision: interview.revision,
      artifact,
      revision: ledger.nextRevision(artifact),
      action: kind === "put" ? "PUT" : "REMOVE",
      state: "STARTED",
      openCalls: 1,
      digest: digestOf(request),
      request,
      startedAt: ctx.now(),
    })
    .onConflictDoNothing()
    .returning();
  return entry ?? null;
}

/** Counts another call of an effect whose fate is not known. @returns null when it has become known */
export async function reopenEffect(ctx: Context, place: Place, entry: LedgerEntry): Promise<LedgerEntry | null> {
  const [reopened] = await ctx.db
    .update(provisioningEffects)
    .set({ openCalls: sql`${provisioningEffects.openCalls} + 1` })
    .where(isOpen(ctx, place, entry))
    .returning();
  return reopened ?? null;
}

/**
 * Has an effect that is stored performed, with the request as it is stored, and records what became of it.
 * @throws ProviderError
 */
export async function performEffect(
  ctx: Context,
  providers: Providers,
  { place, entry }: { place: Place; entry: LedgerEntry },
): Promise<void> {
  const { interview, ledger } = place;
  try {
    const { accountId } = ctx;
    const effectKey = `${interview.id}/${entry.artifact}/${entry.revision}`;
    const result = await call(providers, entry, { accountId, effectKey, revision: entry.revision });
    await close(ctx, place, { entry, change: { state: "DONE", result } });
    ledger.note({ ...entry, state: "DONE", result });
  } catch (error) {
    if (error instanceof ProviderError && !error.ambiguous) await recordRefusal(ctx, place, { entry, error });
    throw error;
  }
}

function call(providers: Providers, { artifact, action, request }: LedgerEntry, effect: Effect): Promise<object> {
  const { conference, calendar, mailer } = providers;
  const put = action === "PUT";
  switch (kindOf(artifact)) {
    case "conference":
      return conference[put ? "putConference" : "removeConference"](request as Conference, effect);
    case "calendar-event":
      return calendar[put ? "putCalendarEvent" : "removeCalendarEvent"](request as CalendarEvent, effect);
    default:
      return mailer.send(request as Message, effect);
  }
}

/** A refusal says that this call did nothing; a final one ends the effect. */
async function recordRefusal(
  ctx: Context,
  place: Place,
  { entry, error }: { entry: LedgerEntry; error: ProviderError },
): Promise<void> {
  const { openCalls } = provisioningEffects;
  if (error.retryable) {
    await ctx.db
      .update(provisioningEffects)
      .set({ openCalls: sql`greatest(${openCalls} - 1, 0)` })
      .where(isOpen(ctx, place, entry));
    return;
  }
  const state = sql`(case when ${openCalls} <= 1 then 'REFUSED' else 'UNCERTAIN' end)::effect_state`;
  const refused = await close(ctx, place, { entry, change: { state } });
  if (refused) place.ledger.note(refused);
}

async function close(
  ctx: Context,
  place: Place,
  { entry, change }: { entry: LedgerEntry; change: { state: "DONE"; result: object } | { state: SQL } },
): Promise<LedgerEntry | undefined> {
  const [closed] = await ctx.db
    .update(provisioningEffects)
    .set({ ...change, endedAt: ctx.now() })
    .where(isOpen(ctx, place, entry))
    .returning();
  return closed;
}

function isOpen(ctx: Context, { interview }: Place, { artifact, revision }: LedgerEntry) {
  return and(
    eq(provisioningEffects.accountId, ctx.accountId),
    eq(provisioningEffects.interviewId, interview.id),
    eq(provisioningEffects.artifact, artifact),
    eq(provisioningEffects.revision, revision),
    eq(provisioningEffects.state, "STARTED"),
  );
}
