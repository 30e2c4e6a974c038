import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  customType,
  foreignKey,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";

export const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date", precision: 3 });

export const accounts = pgTable("accounts", {
  id: uuid("id").primaryKey(),
  externalId: text("external_id").notNull().unique(),
  name: text("name").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
});

export const apiTokens = pgTable(
  "api_tokens",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    id: uuid("id").notNull(),
    name: text("name").notNull(),
    /** SHA-256 of the token; the token itself is never stored. */
    tokenHash: bytea("token_hash").notNull().unique(),
    scopes: text("scopes").array().notNull(),
    /** The frontend that holds the token; null for any other program. */
    clientId: text("client_id"),
    createdAt: instant("created_at").notNull().defaultNow(),
    revokedAt: instant("revoked_at"),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    check(
      "api_tokens_scopes_known",
      sql`${t.scopes} <@ array['interviews:read', 'interviews:write', 'directory:read']`,
    ),
  ],
);

/** A frontend whose documents are registered. */
export const clients = pgTable(
  "clients",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    id: text("id").notNull(),
    /** Whether it may send nothing but its registered documents. */
    documentsOnly: boolean("documents_only").notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] })],
);

export const trustedDocuments = pgTable(
  "trusted_documents",
  {
    accountId: uuid("account_id").notNull(),
    clientId: text("client_id").notNull(),
    /** What the client sends for it: the SHA-256 of the text in lower-case hexadecimal digits, or the id in its manifest. */
    hash: text("hash").notNull(),
    text: text("text").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.clientId, t.hash] }),
    foreignKey({ columns: [t.accountId, t.clientId], foreignColumns: [clients.accountId, clients.id] }),
  ],
);

/** The one row that identifies this database: cursors carry the epoch and are signed with the secret. */
export const installations = pgTable(
  "installations",
  {
    singleton: boolean("singleton").primaryKey().default(true),
    epoch: uuid("epoch").notNull().defaultRandom(),
    /** What `database_life()` said when the epoch began; when it says something else, the next epoch begins. */
    life: text("life"),
    cursorSecret: bytea("cursor_secret")
      .notNull()
      .default(sql`uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())`),
    /** Release of the tz database that the process that started last reads times by. */
    tzRelease: text("tz_release"),
  },
  (t) => [check("installations_one_row", sql`${t.singleton}`)],
);

export const eventCounters = pgTable("event_counters", {
  accountId: uuid("account_id")
    .primaryKey()
    .references(() => accounts.id),
  lastSequence: bigint("last_sequence", { mode: "number" }).notNull().default(0),
  /** Streams cannot begin at events up to this number. */
  prunedSequence: bigint("pruned_sequence", { mode: "number" }).notNull().default(0),
});

/** Former epochs, whose events up to a number are this log's as well: their cursors are valid up to there. */
export const formerEpochs = pgTable(
  "former_epochs",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    epoch: uuid("epoch").notNull(),
    lastSequence: bigint("last_sequence", { mode: "number" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.epoch] })],
);
