// Browsers have it already.
import { EventSource } from "eventsource";
import { FOLLOW, LIST } from "./screen.ts";
import type { Followed, Listed, Options } from "./screen.ts";

export function follow({ url, token, screen }: Options): () => void {
  let end = () => {};

  async function post<T>(path: string, body: object): Promise<T> {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${await token()}` },
      body: JSON.stringify(body),
    });
    if (response.status === 400) throw new Refused();
    if (!response.ok) throw new Error(`status ${response.status}`);
    return (await response.json()) as T;
  }

  async function listThenFollow(): Promise<void> {
    const { data } = await post<{ data: Listed }>("", { query: LIST });
    screen.show(data.interviews.nodes);
    await connect(data.interviews.asOfCursor);
  }

  /** The ticket lets the stream, which can send no header, be opened once and reconnect for as long as the token is valid. */
  async function connect(after: string): Promise<void> {
    let cursor = after;
    const ticket = await post<{ url: string }>("/ticket", { query: FOLLOW, variables: { after } });
    const source = new EventSource(new URL(ticket.url, url));
    end = () => source.close();
    source.addEventListener("next", ({ data: text }) => {
      const { data } = JSON.parse(text as string) as { data?: Followed };
      // Without data it is the reason why the stream is about to be cut off.
      if (!data) return;
      cursor = data.interviewEvents.cursor;
      if (data.interviewEvents.__typename === "InterviewEvent") screen.change(data.interviewEvents);
    });
    source.addEventListener("error", () => {
      // A lost connection it opens again by itself, with the id of the last event; a refusal it takes for final.
      if (source.readyState === EventSource.CLOSED) restart(() => connect(cursor));
    });
  }

  function restart(begin: () => Promise<void>): void {
    const timer = setTimeout(() => run(begin), 1_000);
    end = () => clearTimeout(timer);
  }

  /** After a refusal, such as CURSOR_EXPIRED, the list is read again. */
  function run(begin: () => Promise<void>): void {
    begin().catch((error: unknown) => restart(error instanceof Refused ? listThenFollow : begin));
  }

  run(listThenFollow);
  return () => end();
}

class Refused extends Error {}
