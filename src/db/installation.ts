import type { Sql } from "postgres";

/** What tells this life of the database from another. */
export interface Installation {
  /** Changes when the database was restored, so that cursors of its former life are refused. */
  epoch: string;
  cursorSecret: Buffer;
}

/**
 * Makes sure that there is one installation row, and gives it a new epoch when the row lives in another database than the
 * one it was made in: a dump that was restored, a copy, a recovery to an earlier point in time.
 */
export async function ensureInstallation(sql: Sql): Promise<void> {
  await sql`insert into installations default values on conflict do nothing`;
  await sql`
    with server as (
      select concat_ws('/', control.system_identifier, checkpoint.timeline_id, database.oid, 'installations'::regclass::oid) as life
      from pg_control_system() control, pg_control_checkpoint() checkpoint, pg_database database
      where database.datname = current_database()
    )
    update installations set life = server.life,
      epoch = case when installations.life is null then installations.epoch else gen_random_uuid() end
    from server where installations.life is distinct from server.life`;
}

export async function readInstallation(sql: Sql): Promise<Installation> {
  const [row] = await sql<Installation[]>`select epoch, cursor_secret as "cursorSecret" from installations`;
  if (!row) throw new Error("The migration left no installation row.");
  return row;
}

/** Notes the release of the tz database that a process starts with; answers with the last other one, if there was any. */
export async function noteTzRelease(sql: Sql, release: string): Promise<string | null> {
  const [row] = await sql<{ previous: string | null }[]>`
    with former as (select tz_release as previous from installations for update)
    update installations set tz_release = ${release} from former where tz_release is distinct from ${release} returning previous`;
  return row?.previous ?? null;
}
