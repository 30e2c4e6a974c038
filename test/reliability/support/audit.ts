import { readFile } from "node:fs/promises";
import postgres from "postgres";
import { expect } from "vitest";
import type { PerformedEffect } from "./provider.ts";

const FILE = new URL("../invariants.sql", import.meta.url);

export interface Invariant {
  name: string;
  query: string;
}

/** The file's preamble and its named queries. */
export async function readInvariants(): Promise<{ preamble: string; invariants: Invariant[] }> {
  const [preamble = "", ...rest] = (await readFile(FILE, "utf8")).split(/^-- name: /m);
  const invariants = rest.map((part) => {
    const end = part.indexOf("\n");
    return { name: part.slice(0, end), query: part.slice(end + 1) };
  });
  return { preamble, invariants };
}

/** The rows that break an invariant, by its name; empty when all is well. One connection, or one transaction. */
export async function findViolations(
  sql: postgres.Sql,
  effects: readonly PerformedEffect[] = [],
): Promise<Record<string, unknown[]>> {
  const { preamble, invariants } = await readInvariants();
  await sql.unsafe(preamble);
  await sql`
    insert into provider_effects (account_id, position, effect_key, kind, visible, content)
    select account_id, position, effect_key, kind, visible, content
    from json_to_recordset(${JSON.stringify(effects.map(toRow))}::text::json)
      as effect (account_id uuid, position int, effect_key text, kind text, visible text, content jsonb)`;
  const violations: Record<string, unknown[]> = {};
  for (const { name, query } of invariants) {
    const rows = await sql.unsafe(query);
    if (rows.length > 0) violations[name] = [...rows];
  }
  return violations;
}

const toRow = ({ accountId, effectKey, kind, visible, content }: PerformedEffect, position: number) => ({
  account_id: accountId,
  position,
  effect_key: effectKey,
  kind,
  visible,
  content,
});

/** Ends a scenario: every invariant returns no row. @returns the verdict for the summary */
export async function audit(url: string, effects: readonly PerformedEffect[] = []): Promise<string> {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    expect(await findViolations(sql, effects)).toEqual({});
  } finally {
    await sql.end();
  }
  return `${(await readInvariants()).invariants.length} invariants hold`;
}
