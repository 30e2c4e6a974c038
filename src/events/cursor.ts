import { createHmac, timingSafeEqual } from "node:crypto";
import { parse, stringify } from "uuid";
import { RequestError } from "../core/error.ts";

/** A position in one account's event log, in one life of the database. */
export interface EventPosition {
  epoch: string;
  accountId: string;
  sequence: number;
}

const BODY = 16 + 16 + 8;
const SIGNATURE = 16;

/** The opaque, authenticated text of a position; the same position always gives the same text. */
export function encodeCursor(secret: Buffer, position: EventPosition): string {
  const body = Buffer.alloc(BODY);
  body.set(parse(position.epoch), 0);
  body.set(parse(position.accountId), 16);
  body.writeBigUInt64BE(BigInt(position.sequence), 32);
  return Buffer.concat([body, sign(secret, body)]).toString("base64url");
}

/**
 * Reads a cursor that a client sent back.
 * @throws RequestError CURSOR_INVALID when it is malformed, forged or another account's
 */
export function decodeCursor(secret: Buffer, cursor: string, accountId: string): EventPosition {
  const bytes = Buffer.from(cursor, "base64url");
  const body = bytes.subarray(0, BODY);
  if (bytes.length !== BODY + SIGNATURE || !timingSafeEqual(bytes.subarray(BODY), sign(secret, body))) throw invalid();
  if (stringify(body, 16) !== accountId) throw invalid();
  return { epoch: stringify(body, 0), accountId, sequence: Number(body.readBigUInt64BE(32)) };
}

function sign(secret: Buffer, body: Buffer): Buffer {
  return createHmac("sha256", secret).update(body).digest().subarray(0, SIGNATURE);
}

function invalid(): RequestError {
  return new RequestError(
    "CURSOR_INVALID",
    "This is not an event cursor of this account. Send one that an event carried.",
  );
}
