import { foreignKey, index, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { bytea, instant } from "./account.ts";
import { interviews } from "./interview.ts";

/** What a key was used for: a repetition is answered with the same interview. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    accountId: uuid("account_id").notNull(),
    operation: text("operation").notNull(),
    key: text("key").notNull(),
    /** SHA-256 of the coerced input. */
    fingerprint: bytea("fingerprint").notNull(),
    interviewId: uuid("interview_id").notNull(),
    warnings: jsonb("warnings").$type<object[]>().notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.operation, t.key] }),
    foreignKey({ columns: [t.accountId, t.interviewId], foreignColumns: [interviews.accountId, interviews.id] }),
    index("idempotency_keys_created").on(t.createdAt),
  ],
);
