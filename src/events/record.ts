import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { newId } from "../core/id.ts";
import type { Transaction } from "../db/client.ts";
import { BEGIN_EPOCH } from "../db/installation.ts";
import { executeKept } from "../read/rows.ts";
import type { events, StoredFieldChange } from "../db/schema/event.ts";
import type { Caller, Context } from "../operation/context.ts";
import type { InterviewEventType } from "../operation/event-source.ts";

/** What has just been written. */
export interface NewEvent {
  type: InterviewEventType;
  /** What it is about, and at which version it is now. */
  subject: { type: (typeof events.$inferSelect)["subjectType"]; id: string; version: number };
  /** What followers filter by: an expression of jsonb, whose text is always the same. */
  facts: SQL;
  changes: readonly StoredFieldChange[];
  reason?: string | null | undefined;
  detail?: Record<string, unknown> | undefined;
}

/**
 * Appends to the account's event log, in this order. Must be the last statement of the transaction: it takes the account's next
 * numbers and holds them until the commit, which is what makes numbers gapless and in commit order.
 */
export async function recordEvents(tx: Transaction, ctx: Context, added: readonly NewEvent[]): Promise<void> {
  const append = sql`
    with counter as (
      insert into event_counters (account_id, last_sequence)
      select ${ctx.accountId}::uuid, ${added.length}::int from installations where life = database_life()
      on conflict (account_id) do update set last_sequence = event_counters.last_sequence + excluded.last_sequence
      returning account_id, last_sequence
    )
    insert into events (account_id, sequence, id, type, subject_type, subject_id, subject_version, facts, actor_kind, actor_id,
      actor_label, reason, changes, detail, occurred_at)
    ${sql.join(
      added.map((event, index) => rowOf(ctx, event, added.length - 1 - index)),
      sql` union all `,
    )}
    returning sequence`;
  const appended = await executeKept(tx, append);
  if (appended.length > 0) return;
  await tx.execute(sql.raw(BEGIN_EPOCH));
  await executeKept(tx, append);
}

/** @param later how many events of the same statement come after it */
function rowOf(ctx: Context, event: NewEvent, later: number): SQL {
  const { type, subject, facts, changes, reason = null, detail = {} } = event;
  const actor = actorOf(ctx.caller);
  return sql`
    select account_id, last_sequence - ${later}::int, ${newId()}::uuid, ${type}::interview_event_type,
      ${subject.type}::event_subject, ${subject.id}::uuid, ${subject.version}::int, ${facts}, ${actor.kind}::actor_kind,
      ${actor.id}::uuid, ${actor.label}::text, ${reason}::text, ${JSON.stringify(changes)}::jsonb,
      ${JSON.stringify(detail)}::jsonb, ${ctx.now().toISOString()}::timestamptz
    from counter`;
}

function actorOf({ userId, tokenId, name }: Caller) {
  if (userId !== null) return { kind: "PERSON", id: userId, label: name };
  return { kind: tokenId === null ? "SYSTEM" : "TOKEN", id: null, label: name };
}
