import type { Caller } from "../operation/context.ts";

/** What a request brings: the text of a document, its hash or another id of it, or both. */
export interface DocumentRequest {
  query: string | undefined;
  /** `sha256:` and the hash, the hash alone, or the id under which a manifest has it. */
  documentId: string | undefined;
}

/**
 * The text that a request means.
 * @throws RequestError PERSISTED_QUERY_NOT_FOUND for an unknown hash alone, DOCUMENT_NOT_TRUSTED for a text that a
 * client sends although it may only send registered documents, BAD_REQUEST for a hash that is another text's
 */
export type ResolveDocument = (caller: Caller, request: DocumentRequest) => Promise<string | undefined>;
