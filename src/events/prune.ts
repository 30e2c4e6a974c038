import { sql } from "drizzle-orm";
import type { Database } from "../db/client.ts";

/**
 * Ends the stream's memory of what happened before `oldest`: a cursor into it is refused instead of skipping silently. The rows
 * stay, since they are the interviews' history.
 */
export async function pruneEvents(db: Database, oldest: Date): Promise<void> {
  await db.execute(sql`
    update event_counters counter set pruned_sequence = past.sequence
    from event_counters other
    cross join lateral (
      select max(event.sequence) as sequence from events event
      where event.account_id = other.account_id and event.sequence > other.pruned_sequence
        and event.occurred_at < ${oldest.toISOString()}::timestamptz
    ) past
    where counter.account_id = other.account_id and past.sequence > counter.pruned_sequence`);
  await db.execute(sql`
    delete from former_epochs former using event_counters counter
    where counter.account_id = former.account_id and former.last_sequence < counter.pruned_sequence`);
}
