import { createClient } from "graphql-ws";
import { FOLLOW, LIST } from "./screen.ts";
import type { Followed, Listed, Options } from "./screen.ts";

export function follow({ url, token, screen }: Options): () => void {
  const client = createClient({
    url: url.replace(/^http/, "ws"),
    connectionParams: async () => ({ authorization: `Bearer ${await token()}` }),
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
  });
  const stopping = new AbortController();

  async function listThenFollow(): Promise<void> {
    const variables = { after: "" };
    for await (const { data } of client.iterate<Listed>({ query: LIST })) {
      if (!data) return;
      screen.show(data.interviews.nodes);
      variables.after = data.interviews.asOfCursor;
    }
    // The client sends this object again at each connection, with the cursor that it has by then.
    for await (const { data } of client.iterate<Followed>({ query: FOLLOW, variables })) {
      if (!data) return;
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
    void client.dispose();
  };
}
