import { randomBytes } from "node:crypto";

export interface Frame {
  fin: boolean;
  /** The three reserved bits. */
  reserved: number;
  opcode: number;
  masked: boolean;
  payload: Buffer;
  /** The length that the frame claims, when that is another than the payload's. */
  claimed?: number | undefined;
}

/** A WebSocket frame, right or wrong, as bytes. */
export function toBytes({ fin, reserved, opcode, masked, payload, claimed }: Frame): Buffer {
  const length = claimed ?? payload.length;
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = masked ? 0x80 : 0;
  const head =
    length < 126
      ? Buffer.from([first, mask | length])
      : length < 65_536
        ? Buffer.from([first, mask | 126, length >> 8, length & 0xff])
        : Buffer.concat([Buffer.from([first, mask | 127]), sixtyFour(length)]);
  if (!masked) return Buffer.concat([head, payload]);
  const key = randomBytes(4);
  return Buffer.concat([head, key, payload.map((byte, index) => byte ^ (key[index % 4] ?? 0))]);
}

function sixtyFour(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
}

/** The frames of a server, which are neither masked nor broken. */
export function readFrames(bytes: Buffer): { opcode: number; payload: Buffer }[] {
  const frames = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const opcode = (bytes[at] ?? 0) & 0x0f;
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const [start, length] =
      short < 126
        ? [at + 2, short]
        : short === 126
          ? [at + 4, bytes.length < at + 4 ? Number.POSITIVE_INFINITY : bytes.readUInt16BE(at + 2)]
          : [at + 10, bytes.length < at + 10 ? Number.POSITIVE_INFINITY : Number(bytes.readBigUInt64BE(at + 2))];
    if (start + length > bytes.length) break;
    frames.push({ opcode, payload: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return frames;
}

/** The code of a close frame; undefined when there is none. */
export function closeCodeOf(bytes: Buffer): number | undefined {
  const close = readFrames(bytes).find(({ opcode }) => opcode === 8);
  return close && (close.payload.length >= 2 ? close.payload.readUInt16BE(0) : 1005);
}
