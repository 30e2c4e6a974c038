import { createClient } from "graphql-sse";
import { FOLLOW, LIST } from "./screen.ts";
import type { Followed, Listed, Options } from "./screen.ts";

export function follow({ url, token, screen }: Options): () => void {
  const stopping = new AbortController();
  let refused = false;
  const client = createClient({
    url,
    headers: async () => ({ authorization: `Bearer ${await token()}` }),
    retryAttempts: Number.POSITIVE_INFINITY,
    async fetchFn(input: string, init: RequestInit) {
      const response = await fetch(input, init);
      refused = response.status === 400;
      return response;
    },
    async retry(retries) {
      // The client would send what was refused, a cursor that has expired for instance, again and again.
      if (refused) throw new Error("refused");
      await new Promise((resolve) => setTimeout(resolve, Math.min(1_000 * 2 ** retries, 30_000)));
    },
  });

  async function listThenFollow(): Promise<void> {
    const variables = { after: "" };
    for await (const { data } of client.iterate<Listed>({ query: LIST })) {
      if (!data) return;
      screen.show(data.interviews.nodes);
      variables.after = data.interviews.asOfCursor;
    }
    // The client sends this object again at each connection, with the cursor that it has by then.
    for await (const { data } of client.iterate<Followed>({ query: FOLLOW, variables })) {
      // Without data it is the reason why the stream is about to be cut off; the client comes back by itself.
      if (!data) continue;
      variables.after = data.interviewEvents.cursor;
      if (data.interviewEvents.__typename === "InterviewEvent") screen.change(data.interviewEvents);
    }
  }

  /** After a refusal, such as CURSOR_EXPIRED, the list is read again. */
  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await listThenFollow().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }

  void run();
  return () => {
    stopping.abort();
    client.dispose();
  };
}
