import type { DocumentRequest } from "./resolve.ts";

/** Reads `documentId`, or `extensions.persistedQuery.sha256Hash` as Apollo's clients send it. */
export function documentRequestOf(params: object): DocumentRequest {
  const { query, documentId, extensions } = params as Record<string, unknown>;
  const hash = property(property(extensions, "persistedQuery"), "sha256Hash");
  return { query: textOf(query), documentId: textOf(documentId) ?? textOf(hash) };
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
