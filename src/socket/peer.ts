import type { WebSocket } from "ws";

const PING_MS = 12_000;
/** A socket is not read while its client leaves more bytes than this unread. */
const MAX_UNREAD = 1024 * 1024;
/** A socket whose client leaves more bytes than this unread is closed. */
const MAX_BACKLOG = 16 * 1024 * 1024;
/** Maximum pause of reading from a client that owes points, in milliseconds. */
const MAX_REST_MS = 1_000;
/** Most bytes of a close frame's reason. */
const MAX_REASON = 123;

/** The other end of one WebSocket: whether it reads what it is sent, and whether it is still there. */
export class Peer {
  readonly #socket: WebSocket;
  #unsent = 0;
  #progressAt = Date.now();
  #pingAt = Date.now();
  #answered = true;
  #rest: NodeJS.Timeout | null = null;

  /** @param meter charges for a frame; answers how long nothing more is to be read, in milliseconds */
  constructor(socket: WebSocket, meter: () => number) {
    this.#socket = socket;
    const count = () => this.#pause(meter());
    socket.on("message", count);
    socket.on("ping", count);
    socket.once("close", () => clearTimeout(this.#rest ?? undefined));
    socket.on("pong", () => (this.#answered = true));
    // In place of the library's own answer, which is not counted as unsent.
    socket.on("ping", (data: Buffer) => void this.#write((sent) => socket.pong(data, false, sent)));
  }

  /** Resolves when the text has left the process, so that writers wait for a slow reader. */
  send(text: string): Promise<void> {
    if (this.#socket.bufferedAmount > MAX_BACKLOG) this.#socket.terminate();
    return this.#write((sent) => this.#socket.send(text, sent));
  }

  /** Closes the socket, reading again: the client's own close frame ends it. */
  close(code: number, reason: string): void {
    this.#socket.close(code, shorten(reason));
    this.#socket.resume();
  }

  /** Since when something waits to leave and nothing has; infinity when nothing waits. */
  waitingSince(): number {
    return this.#unsent > 0 ? this.#progressAt : Number.POSITIVE_INFINITY;
  }

  /** Pings now and then; false when nothing came since the last ping. */
  isAlive(now: number): boolean {
    if (now - this.#pingAt < PING_MS || this.#socket.readyState !== this.#socket.OPEN) return true;
    if (!this.#answered && this.#unsent === 0) return false;
    this.#pingAt = now;
    this.#answered = false;
    this.#socket.ping();
    return true;
  }

  /** Reads nothing for a while, so that a client that sends too much waits, and others do not. */
  #pause(milliseconds: number): void {
    if (milliseconds <= 0 || this.#rest || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.pause();
    this.#rest = setTimeout(
      () => {
        this.#rest = null;
        this.#resume();
      },
      Math.min(milliseconds, MAX_REST_MS),
    );
  }

  #resume(): void {
    if (!this.#rest && this.#socket.isPaused && this.#socket.bufferedAmount <= MAX_UNREAD / 2) this.#socket.resume();
  }

  /** Writes, and stops reading while too much waits to leave: a client that does not read is not read either. */
  #write(write: (sent: () => void) => void): Promise<void> {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return Promise.resolve();
    if (this.#unsent === 0) this.#progressAt = Date.now();
    this.#unsent += 1;
    return new Promise((resolve) => {
      // An error ends the socket, which has an event of its own.
      write(() => {
        this.#unsent -= 1;
        this.#progressAt = Date.now();
        this.#resume();
        resolve();
      });
      if (socket.bufferedAmount > MAX_UNREAD) socket.pause();
    });
  }
}

/** Cuts a close frame's reason to the bytes that it may have, between two characters. */
function shorten(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= MAX_REASON) return reason;
  return bytes
    .subarray(0, MAX_REASON)
    .toString("utf8")
    .replace(/\uFFFD+$/u, "");
}
