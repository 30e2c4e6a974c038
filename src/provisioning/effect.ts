import { and, asc, eq, getTableColumns, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { ProviderError } from "../calendar/error.ts";
import type { Message } from "../calendar/invitation.ts";
import type { CalendarEvent, Conference, Effect, Providers } from "../calendar/provider.ts";
import { provisioningEffects } from "../db/schema/provisioning.ts";
import type { Interview } from "../interview/load.ts";
import type { Context } from "../operation/context.ts";
import { defineListLoader, loaded } from "../read/loader.ts";
import { digestOf, kindOf, Ledger } from "./ledger.ts";
import type { LedgerEntry } from "./ledger.ts";
import { leaseForEffect } from "./lease.ts";
import type { Run } from "./lease.ts";

const effectsOfInterview = defineListLoader(provisioningEffects, {
  by: "interviewId",
  order: ["artifact", "revision"],
});

/** As it was when the operation first asked for it: one statement for all interviews that are asked for together. */
export const loadLedger = async (ctx: Context, interviewId: string): Promise<Ledger> =>
  new Ledger(await loaded(ctx.load(effectsOfInterview, interviewId)));

/** As it is now. */
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
  run: Run;
  interview: Pick<Interview, "id" | "revision">;
  ledger: Ledger;
}

/**
 * Stores an effect before it is performed.
 * @returns null when the lease was lost, or the interview has been changed
 */
export async function startEffect(
  ctx: Context,
  { run, interview, ledger }: Place,
  { kind, artifact, request }: { kind: "put" | "remove"; artifact: string; request: object },
): Promise<LedgerEntry | null> {
  const held = leaseForEffect(ctx, run, interview.revision);
  const { interviewId, accountId } = held;
  const effect = {
    accountId,
    interviewId,
    artifact: sql`${artifact}`.as("artifact"),
    revision: sql`${ledger.nextRevision(artifact)}::integer`.as("revision"),
    interviewRevision: sql`${interview.revision}::integer`.as("interview_revision"),
    action: sql`${kind === "put" ? "PUT" : "REMOVE"}::effect_action`.as("action"),
    state: sql`'STARTED'::effect_state`.as("state"),
    openCalls: sql`1`.as("open_calls"),
    digest: sql`${digestOf(request)}`.as("digest"),
    request: sql`${JSON.stringify(request)}::jsonb`.as("request"),
    result: sql`null::jsonb`.as("result"),
    startedAt: sql`${ctx.now().toISOString()}::timestamptz`.as("started_at"),
    endedAt: sql`null::timestamptz`.as("ended_at"),
  };
  const [entry] = await ctx.db
    .with(held)
    .insert(provisioningEffects)
    .select(ctx.db.select(effect).from(held))
    .onConflictDoNothing()
    .returning();
  return entry ?? null;
}

/** Counts another call of an effect whose fate is not known. @returns null as above, or when it has become known */
export async function reopenEffect(ctx: Context, place: Place, entry: LedgerEntry): Promise<LedgerEntry | null> {
  const held = leaseForEffect(ctx, place.run, place.interview.revision);
  const [reopened] = await ctx.db
    .with(held)
    .update(provisioningEffects)
    .set({ openCalls: sql`${provisioningEffects.openCalls} + 1` })
    .from(held)
    .where(isOpen(ctx, place, entry))
    .returning(getTableColumns(provisioningEffects));
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

/**
 * A refusal says that this call did nothing. It ends the effect, so that the next attempt asks for what is wanted by then,
 * unless another call of it may have been performed: then only a final one does.
 */
async function recordRefusal(
  ctx: Context,
  place: Place,
  { entry, error }: { entry: LedgerEntry; error: ProviderError },
): Promise<void> {
  const { openCalls } = provisioningEffects;
  const alone = sql`${openCalls} <= 1`;
  const refused = await close(ctx, place, { entry, change: { state: "REFUSED" }, where: alone });
  if (refused) return place.ledger.note(refused);
  if (error.retryable) {
    await ctx.db
      .update(provisioningEffects)
      .set({ openCalls: sql`${openCalls} - 1` })
      .where(isOpen(ctx, place, entry));
    return;
  }
  const uncertain = await close(ctx, place, { entry, change: { state: "UNCERTAIN" } });
  if (uncertain) place.ledger.note(uncertain);
}

type Ending = { state: "DONE"; result: object } | { state: "REFUSED" | "UNCERTAIN" };

async function close(
  ctx: Context,
  place: Place,
  { entry, change, where }: { entry: LedgerEntry; change: Ending; where?: SQL },
): Promise<LedgerEntry | undefined> {
  const [closed] = await ctx.db
    .update(provisioningEffects)
    .set({ ...change, endedAt: ctx.now() })
    .where(and(isOpen(ctx, place, entry), where))
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
