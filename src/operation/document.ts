import type { Caller } from "./context.ts";

/** What a request brings: the text of a document, its hash, or both. */
export interface DocumentRequest {
  query: string | undefined;
  /** `sha256:` and the hash, or the hash alone. */
  documentId: string | undefined;
}

/**
 * The text that a request means.
 * @throws RequestError DOCUMENT_NOT_FOUND for a hash that its client has not registered, DOCUMENT_NOT_TRUSTED for a text that a
 * client sends who may send nothing but its registered documents
 */
export type ResolveDocument = (caller: Caller, request: DocumentRequest) => Promise<string | undefined>;
