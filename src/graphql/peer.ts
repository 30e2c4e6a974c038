import type { WebSocket } from "ws";

const PING_MS = 12_000;

/** The other end of one WebSocket: whether it reads what it is sent, and whether it is still there. */
export class Peer {
  readonly #socket: WebSocket;
  #unsent = 0;
  #progressAt = Date.now();
  #pingAt = Date.now();
  #answered = true;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("pong", () => (this.#answered = true));
  }

  /** Resolves when the text has left the process, which is how a slow reader slows down those who write for it. */
  send(text: string): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return Promise.resolve();
    if (this.#unsent === 0) this.#progressAt = Date.now();
    this.#unsent += 1;
    return new Promise((resolve) => {
      // An error ends the socket, which has an event of its own.
      this.#socket.send(text, () => {
        this.#unsent -= 1;
        this.#progressAt = Date.now();
        resolve();
      });
    });
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /** Since when something waits to leave and nothing has; infinity when nothing waits. */
  waitingSince(): number {
    return this.#unsent > 0 ? this.#progressAt : Number.POSITIVE_INFINITY;
  }

  /** Asks for a sign of life now and then, and ends the connection when there was none since the last time. */
  ping(now: number): void {
    if (now - this.#pingAt < PING_MS || this.#socket.readyState !== this.#socket.OPEN) return;
    if (!this.#answered && this.#unsent === 0) return this.#socket.terminate();
    this.#pingAt = now;
    this.#answered = false;
    this.#socket.ping();
  }
}
