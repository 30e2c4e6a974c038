import { v5, v7, validate as isUuid } from "uuid";
import { RequestError } from "./error.ts";

const NAMESPACE = "6f1c3c8e-6b0e-5a57-9d0c-0d6f5d4f7a11";

/** A new row's id: a UUID of version 7, so ids of one table grow with time. */
export const newId = (): string => v7();

/** The id of an imported row: the same account, noun and external id give the same UUID in every database. */
export function stableId(account: string, noun: string, externalId: string): string {
  return v5(JSON.stringify([account, noun, externalId]), NAMESPACE);
}

/** The opaque id that clients see: base64url of `Type:uuid`. */
export function encodeId(type: string, id: string): string {
  return Buffer.from(`${type}:${id}`).toString("base64url");
}

/**
 * Reads an id that a client sent back.
 * @throws RequestError INVALID_ID when it was not made by {@link encodeId}
 */
export function decodeId(encoded: string): { typename: string; id: string } {
  const [typename, id, ...rest] = Buffer.from(encoded, "base64url").toString("utf8").split(":");
  if (!typename || !id || rest.length > 0 || !isUuid(id) || encodeId(typename, id) !== encoded) {
    throw new RequestError(
      "INVALID_ID",
      `${quote(encoded)} is not an id of this API. Send an id that a query returned.`,
    );
  }
  return { typename, id };
}

/**
 * Reads the id of one noun.
 * @throws RequestError INVALID_ID when it is malformed or another noun's
 */
export function decodeIdOf(noun: string, encoded: string): string {
  const { typename, id } = decodeId(encoded);
  if (typename === noun) return id;
  throw new RequestError("INVALID_ID", `${quote(encoded)} is the id of a ${typename}. Send the id of a ${noun}.`);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
