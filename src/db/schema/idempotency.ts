import { index, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { bytea, instant } from "./account.ts";

/** What a key was used for: a repetition is answered with the same subject. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    accountId: uuid("account_id").notNull(),
    operation: text("operation").notNull(),
    key: text("key").notNull(),
    /** SHA-256 of the coerced input. */
    fingerprint: bytea("fingerprint").notNull(),
    /** What the call changed. */
    subjectId: uuid("subject_id").notNull(),
    /** What the call answered, but for the state of the subject. */
    result: jsonb("result").$type<object>().notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.operation, t.key] }),
    index("idempotency_keys_created").on(t.createdAt),
  ],
);
