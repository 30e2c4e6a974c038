import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";

/** A connection whose bytes are written by hand. */
export async function openRaw(url: string, options: { allowHalfOpen?: boolean } = {}): Promise<Socket> {
  const { hostname: host, port } = new URL(url);
  const socket = connect({ host, port: Number(port), ...options });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** Sends the bytes, and returns what comes back until the server closes the connection. */
export async function exchange(url: string, bytes: string | Buffer): Promise<string> {
  const socket = await openRaw(url);
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
  socket.write(bytes);
  await once(socket, "close");
  return text;
}

/** The status of an answer; 0 when there is none. */
export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

/** Everything that an answer's body brings until it ends, and whether it was cut off inside the answer. */
export async function readToEnd(response: Response): Promise<{ text: string; cut: boolean }> {
  let text = "";
  try {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk;
    return { text, cut: false };
  } catch {
    return { text, cut: true };
  }
}
