import { and, eq, lt, sql } from "drizzle-orm";
import { Refusal } from "../core/error.ts";
import type { Database, Executor, Transaction } from "../db/client.ts";
import { idempotencyKeys } from "../db/schema/idempotency.ts";
import type { Context } from "./context.ts";

const KEPT_MS = 48 * 60 * 60 * 1000;

/** A key as one call uses it. Keys are separate for each account and operation. */
export interface KeyUse {
  operation: string;
  key: string;
  /** SHA-256 of the coerced input. */
  fingerprint: Buffer;
}

/** What the first call under a key led to. */
export interface EarlierCall {
  /** The id of what was changed. */
  subjectId: string;
  /** The rest of the answer, as plain JSON. */
  result: object;
}

/** The key was used for another request. */
export class IdempotencyKeyReused extends Refusal {
  readonly code = "ERR_IDEMPOTENCY_KEY_REUSED";

  constructor() {
    super(
      "This idempotency key was used for another request within 48 hours. Send a new key, or the first request again.",
    );
  }
}

/**
 * What an earlier call under the key led to, or null when there was none.
 * @throws IdempotencyKeyReused when that call had another input
 */
export async function findEarlierCall(
  ctx: Context,
  use: KeyUse,
  executor: Executor = ctx.db,
): Promise<EarlierCall | null> {
  const [row] = await executor
    .select()
    .from(idempotencyKeys)
    .where(
      and(
        eq(idempotencyKeys.accountId, ctx.accountId),
        eq(idempotencyKeys.operation, use.operation),
        eq(idempotencyKeys.key, use.key),
      ),
    )
    .prepare("find_idempotency_key")
    .execute();
  if (!row || row.createdAt < oldestKept(ctx.now())) return null;
  if (!row.fingerprint.equals(use.fingerprint)) throw new IdempotencyKeyReused();
  return row;
}

/**
 * Takes the key for this transaction. A call under the same key that has not committed yet is waited for.
 * @returns null when this call has the key now, else what the earlier call led to
 * @throws IdempotencyKeyReused when the earlier call had another input
 */
export async function claimKey(
  tx: Transaction,
  ctx: Context,
  { use, call }: { use: KeyUse; call: EarlierCall },
): Promise<EarlierCall | null> {
  const row = { ...use, ...call, createdAt: ctx.now() };
  const { fingerprint, subjectId, result, createdAt } = row;
  const claimed = await tx
    .insert(idempotencyKeys)
    .values({ accountId: ctx.accountId, ...row })
    .onConflictDoUpdate({
      target: [idempotencyKeys.accountId, idempotencyKeys.operation, idempotencyKeys.key],
      set: { fingerprint, subjectId, result, createdAt },
      setWhere: lt(idempotencyKeys.createdAt, oldestKept(ctx.now())),
    })
    .returning({ key: idempotencyKeys.key })
    .prepare("claim_idempotency_key")
    .execute();
  return claimed.length > 0 ? null : findEarlierCall(ctx, use, tx);
}

/** Deletes the keys that have expired. */
export async function pruneKeys(db: Database, now: Date): Promise<void> {
  await db.execute(sql`delete from ${idempotencyKeys} where ${lt(idempotencyKeys.createdAt, oldestKept(now))}`);
}

const oldestKept = (now: Date) => new Date(now.getTime() - KEPT_MS);
