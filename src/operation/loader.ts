import DataLoader from "dataloader";
import { asc, getTableColumns, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { arrayLiteral } from "../db/client.ts";
import type { Database } from "../db/client.ts";
import { prepareRows } from "../db/rows.ts";

export interface BatchKeys {
  accountId: string;
  ids: readonly string[];
}

/** How what belongs to an id is fetched: one statement for all ids of a tick. */
export interface Loader<V> {
  /** Prepares the statement, once for each database; the result runs it. */
  readonly prepare: (db: Database) => (keys: BatchKeys) => Promise<ReadonlyMap<string, V>>;
}

/** One statement for all ids of a tick. */
export type BatchFetch<V> = (ids: readonly string[]) => Promise<ReadonlyMap<string, V>>;

export interface LoaderCache {
  load<V>(loader: Loader<V>, id: string): Promise<V | null>;
  /** The same for what is fetched in a way of this operation alone; the name says all that `fetch` depends on. */
  batch<V>(name: string, id: string, fetch: BatchFetch<V>): Promise<V | null>;
}

type AccountTable = PgTable & { accountId: PgColumn };
type Column<T extends AccountTable> = keyof T["$inferSelect"] & string;
type Rows<T extends AccountTable> = T["$inferSelect"][];

/** A loader of single rows by a unique column, the id unless `by` names another. */
export function defineRowLoader<T extends AccountTable>(
  name: string,
  table: T,
  by: Column<T> = "id",
): Loader<T["$inferSelect"]> {
  return {
    prepare: (db) => {
      const find = prepareFind(db, name, { table, by, order: [] });
      return async (keys) => {
        const rows = new Map<string, T["$inferSelect"]>();
        for (const row of await find(keys)) rows.set(row[by] as string, row);
        return rows;
      };
    },
  };
}

/** A loader of the rows that belong to an id, in order. An id without rows loads as an empty list. */
export function defineListLoader<T extends AccountTable>(
  name: string,
  table: T,
  { by, order }: { by: Column<T>; order: Column<T>[] },
): Loader<Rows<T>> {
  return {
    prepare: (db) => {
      const find = prepareFind(db, name, { table, by, order });
      return async (keys) => {
        const lists = new Map<string, Rows<T>>(keys.ids.map((id) => [id, []]));
        for (const row of await find(keys)) lists.get(row[by] as string)?.push(row);
        return lists;
      };
    },
  };
}

function prepareFind<T extends AccountTable>(
  db: Database,
  name: string,
  { table, by, order }: { table: T; by: Column<T>; order: Column<T>[] },
): (keys: BatchKeys) => Promise<Rows<T>> {
  const column = (key: string) => {
    const found = getTableColumns(table)[key];
    if (!found) throw new Error(`The table of ${name} has no column ${key}.`);
    return found;
  };
  const find = prepareRows(table, {
    where: sql`${table.accountId} = ${sql.placeholder("accountId")} and ${column(by)} = any(${sql.placeholder("ids")}::uuid[])`,
    orderBy: order.map((key) => asc(column(key))),
  });
  return ({ accountId, ids }) => find.run(db, { accountId, ids: arrayLiteral(ids) });
}

const prepared = new WeakMap<Database, Map<unknown, unknown>>();

/** The loaders of one operation and one account: what was loaded once is not loaded again. */
export function createLoaderCache(db: Database, accountId: string): LoaderCache {
  const loaders = new Map<unknown, unknown>();
  const loadBy = <V>(key: unknown, id: string, fetch: BatchFetch<V>): Promise<V | null> => {
    const known = loaders.get(key) as DataLoader<string, V | null> | undefined;
    if (known) return known.load(id);
    const made = new DataLoader<string, V | null>(async (ids) => {
      const found = await fetch(ids);
      return ids.map((one) => found.get(one) ?? null);
    });
    loaders.set(key, made);
    return made.load(id);
  };
  return {
    load: (loader, id) => loadBy(loader, id, (ids) => preparedOnce(db, loader)({ accountId, ids })),
    batch: loadBy,
  };
}

/** What a foreign key promises to exist. */
export function loaded<V>(row: Promise<V | null>): Promise<V> {
  return row.then(present);
}

function present<V>(value: V | null): V {
  if (value === null) throw new Error("A row that a foreign key promises is missing.");
  return value;
}

function preparedOnce<V>(db: Database, loader: Loader<V>): ReturnType<Loader<V>["prepare"]> {
  const statements = prepared.get(db) ?? new Map<unknown, unknown>();
  prepared.set(db, statements);
  const known = statements.get(loader) as ReturnType<Loader<V>["prepare"]> | undefined;
  if (known) return known;
  const made = loader.prepare(db);
  statements.set(loader, made);
  return made;
}
