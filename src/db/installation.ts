import type { Sql } from "postgres";

/** What identifies this database, and its state before a restore or failover. */
export interface Installation {
  /** Changes when the database is restored, copied, recovered or promoted. */
  epoch: string;
  cursorSecret: Buffer;
}

/**
 * Begins the next epoch when the database was restored or failed over since the current one began, and records how far each
 * log had come: lost events beyond that point, whose numbers are used again, are others. Does nothing otherwise. Must run
 * before the first event of the new epoch.
 */
export const BEGIN_EPOCH = `
  with former as materialized (
    select epoch, life from installations where life is distinct from database_life() for update
  ), noted as (
    insert into former_epochs (account_id, epoch, last_sequence)
    select account.id, former.epoch, coalesce(counter.last_sequence, 0)
    from former cross join accounts account left join event_counters counter on counter.account_id = account.id
    where former.life is not null
  )
  update installations set life = database_life(),
    epoch = case when former.life is null then former.epoch else gen_random_uuid() end
  from former`;

/** Makes sure that there is one installation row, and that its epoch is this database's. */
export async function ensureInstallation(sql: Sql): Promise<void> {
  await sql`insert into installations default values on conflict do nothing`;
  await sql.unsafe(BEGIN_EPOCH);
}

export async function readInstallation(sql: Sql): Promise<Installation> {
  const [row] = await sql<Installation[]>`select epoch, cursor_secret as "cursorSecret" from installations`;
  if (!row) throw new Error("The migration left no installation row.");
  return row;
}

/** Records the release of the tz database that a process starts with; returns the last other one, if there was any. */
export async function noteTzRelease(sql: Sql, release: string): Promise<string | null> {
  const [row] = await sql<{ previous: string | null }[]>`
    with former as (select tz_release as previous from installations for update)
    update installations set tz_release = ${release} from former where tz_release is distinct from ${release} returning previous`;
  return row?.previous ?? null;
}
