import { sql } from "drizzle-orm";
import type { Database } from "../db/client.ts";

/**
 * Deletes the events that happened before `oldest`, and remembers up to which number, so that a cursor into them is
 * refused instead of skipping silently.
 */
export async function pruneEvents(db: Database, oldest: Date): Promise<void> {
  await db.execute(sql`
    with gone as (
      select account_id, max(sequence) as sequence
      from events where occurred_at < ${oldest.toISOString()}::timestamptz group by account_id
    ), remembered as (
      update event_counters counter set pruned_sequence = gone.sequence
      from gone where counter.account_id = gone.account_id
    )
    delete from events using gone where events.account_id = gone.account_id and events.sequence <= gone.sequence`);
  await db.execute(sql`
    delete from former_epochs former using event_counters counter
    where counter.account_id = former.account_id and former.last_sequence < counter.pruned_sequence`);
}
