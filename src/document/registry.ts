import { createHash } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import { Cache } from "../core/cache.ts";
import { RequestError, StartError } from "../core/error.ts";
import { unstorable } from "../core/text.ts";
import type { Database } from "../db/client.ts";
import { accounts, clients, trustedDocuments } from "../db/schema/account.ts";
import type { ResolveDocument } from "./resolve.ts";

const KEPT_MS = 10_000;
/** How much memory registered texts may take, in all and for one account; the same for texts that clients sent with a hash. */
const MAX_BYTES = 16 * 1024 * 1024;
const SIZES = { maxSize: MAX_BYTES, maxSizePerOwner: MAX_BYTES / 4 };
/** Longest id of a document. */
export const MAX_DOCUMENT_ID = 255;

/** SHA-256 of a document's text, in lower-case hexadecimal digits. */
export const hashDocument = (text: string): string => createHash("sha256").update(text).digest("hex");

/** An id as it is stored: a SHA-256 may be sent with its name before it or without. */
const plainId = (id: string): string => id.replace(/^sha256:(?=[0-9a-f]{64}$)/, "");

/** A document under the id that its client sends: a hash of the text, or whatever else the client's compiler chose. */
export interface TrustedDocument {
  id: string;
  text: string;
}

export interface Registration {
  /** External id. */
  account: string;
  clientId: string;
  documents: readonly TrustedDocument[];
  /** Whether the client may send nothing else from now on. */
  only: boolean;
}

/**
 * Registers the documents of a frontend beside those it has registered before, which older versions of it still send.
 * @throws StartError for an unknown account, and for an id under which another text is registered
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
    for (const { id, text } of documents) {
      const stored = await tx
        .insert(trustedDocuments)
        .values({ accountId, clientId, hash: plainId(id), text })
        .onConflictDoUpdate({
          target: [trustedDocuments.accountId, trustedDocuments.clientId, trustedDocuments.hash],
          set: { text },
          setWhere: eq(trustedDocuments.text, text),
        })
        .returning({ hash: trustedDocuments.hash });
      if (stored.length === 0) throw new StartError(`Another document is registered under the id ${id}.`);
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
  const known = new Cache<{ found: Found; until: number }>(SIZES);
  const underWay = new Map<string, Promise<Found | undefined>>();

  const look = async (accountId: string, clientId: string, hash: string): Promise<Found | undefined> => {
    const key = JSON.stringify([accountId, clientId, hash]);
    const cached = known.get(key);
    if (cached && performance.now() < cached.until) return cached.found;
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

  const sent = createSentDocuments();
  return async ({ accountId, clientId }, { query, documentId }) => {
    if (documentId === undefined && clientId === null) return query;
    const id = documentId === undefined ? hashDocument(query ?? "") : plainId(documentId);
    const isId = id.length <= MAX_DOCUMENT_ID && !unstorable(id);
    const found = clientId !== null && isId ? await look(accountId, clientId, id) : undefined;
    // One that a client sends beside its id is the same, or refused.
    if (found?.text && (query === undefined || query === found.text)) return found.text;
    if (found?.only) {
      if (query === undefined) throw notFound();
      throw new RequestError(
        "DOCUMENT_NOT_TRUSTED",
        "This client may send its registered documents only. Register this one, or send the hash of a registered one.",
      );
    }
    return documentId === undefined ? query : sent.resolve(accountId, { id, query });
  };
}

/** Texts that clients have sent with their hashes: automatic persisted queries. Each process has its own. */
function createSentDocuments() {
  const texts = new Cache<string>(SIZES);
  return {
    /** @throws RequestError PERSISTED_QUERY_NOT_FOUND for a hash without a text, BAD_REQUEST for one of another text */
    resolve(accountId: string, { id, query }: { id: string; query: string | undefined }): string {
      const key = `${accountId} ${id}`;
      const known = texts.get(key);
      if (query === undefined) {
        if (known === undefined) throw notFound();
        return known;
      }
      if (hashDocument(query) !== id) {
        throw new RequestError("BAD_REQUEST", "The hash is not the SHA-256 of the document. Send it of the same text.");
      }
      if (known === undefined) texts.set(key, query, { owner: accountId, size: (key.length + query.length) * 2 });
      return query;
    },
  };
}

/** Clients know this error by its message, which is why it is no sentence, and then send the text as well. */
const notFound = () => new RequestError("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound");
