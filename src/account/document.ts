import { createHash } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import { Cache } from "../core/cache.ts";
import { RequestError, StartError } from "../core/error.ts";
import type { Database } from "../db/client.ts";
import { accounts, clients, trustedDocuments } from "../db/schema/account.ts";
import type { ResolveDocument } from "../operation/document.ts";

const KEPT_MS = 10_000;
/** What registered texts may take of the memory, in all and for one account. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_BYTES_PER_ACCOUNT = MAX_BYTES / 4;
const HASH = /^(?:sha256:)?([0-9a-f]{64})$/;

/** SHA-256 of a document's text, in lower-case hexadecimal digits. */
export const hashDocument = (text: string): string => createHash("sha256").update(text).digest("hex");

export interface Registration {
  /** External id. */
  account: string;
  clientId: string;
  documents: readonly string[];
  /** Whether the client may send nothing else from now on. */
  only: boolean;
}

/**
 * Registers the documents of a frontend beside those it has registered before, which older versions of it still send.
 * @throws StartError for an unknown account
 */
export async function registerDocuments(
  db: Database,
  { account, clientId, documents, only }: Registration,
): Promise<void> {
  const [owner] = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(eq(accounts.externalId, account.normalize("NFC")));
  if (!owner) throw new StartError(`There is no account ${account}. Import its directory first.`);
  const accountId = owner.id;
  await db.transaction(async (tx) => {
    await tx
      .insert(clients)
      .values({ accountId, id: clientId, documentsOnly: only })
      .onConflictDoUpdate({ target: [clients.accountId, clients.id], set: { documentsOnly: only } });
    for (const text of documents) {
      await tx
        .insert(trustedDocuments)
        .values({ accountId, clientId, hash: hashDocument(text), text })
        .onConflictDoNothing();
    }
  });
}

interface Found {
  only: boolean;
  text: string | null;
}

export function createDocumentResolver(db: Database): ResolveDocument {
  const find = db
    .select({ only: clients.documentsOnly, text: trustedDocuments.text })
    .from(clients)
    .leftJoin(
      trustedDocuments,
      and(
        eq(trustedDocuments.accountId, clients.accountId),
        eq(trustedDocuments.clientId, clients.id),
        eq(trustedDocuments.hash, sql.placeholder("hash")),
      ),
    )
    .where(and(eq(clients.accountId, sql.placeholder("accountId")), eq(clients.id, sql.placeholder("clientId"))))
    .prepare("find_trusted_document");
  const known = new Cache<{ found: Found; until: number }>({
    maxSize: MAX_BYTES,
    maxSizePerOwner: MAX_BYTES_PER_ACCOUNT,
  });

  const underWay = new Map<string, Promise<Found | undefined>>();

  const look = async (accountId: string, clientId: string, hash: string): Promise<Found | undefined> => {
    const key = JSON.stringify([accountId, clientId, hash]);
    const kept = known.get(key);
    if (kept && performance.now() < kept.until) return kept.found;
    const asked =
      underWay.get(key) ??
      find
        .execute({ accountId, clientId, hash })
        .then(([row]) => row)
        .finally(() => underWay.delete(key));
    underWay.set(key, asked);
    const found = await asked;
    // What is not there may be registered at any moment.
    if (!found?.text) return found;
    const size = (key.length + found.text.length) * 2;
    known.set(key, { found, until: performance.now() + KEPT_MS }, { owner: accountId, size });
    return found;
  };

  return async ({ accountId, clientId }, { query, documentId }) => {
    if (clientId === null) {
      if (documentId === undefined) return query;
      throw notFound();
    }
    const hash = documentId === undefined ? hashDocument(query ?? "") : HASH.exec(documentId)?.[1];
    const found = hash === undefined ? undefined : await look(accountId, clientId, hash);
    if (found?.text) return found.text;
    if (documentId !== undefined) throw notFound();
    if (!found?.only) return query;
    throw new RequestError(
      "DOCUMENT_NOT_TRUSTED",
      "This client may send its registered documents only. Register this one, or send the hash of a registered one.",
    );
  };
}

function notFound(): RequestError {
  return new RequestError(
    "DOCUMENT_NOT_FOUND",
    "This client has registered no document with this hash. Register it, and send it as sha256: and 64 hexadecimal digits.",
  );
}
