import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import type { SubscriptionForwarder } from "@urql/core";
import { createClient } from "graphql-ws";
import { FOLLOW, LIST } from "./screen.ts";
import type { Followed, Listed, Options } from "./screen.ts";

export function follow({ url, token, screen }: Options): () => void {
  const socket = createClient({
    url: url.replace(/^http/, "ws"),
    connectionParams: async () => ({ authorization: `Bearer ${await token()}` }),
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
  });
  const forwardSubscription: SubscriptionForwarder = ({ query = "", variables: first }) => ({
    subscribe(sink) {
      // The socket's client sends this object again at each connection, with the cursor that it has by then.
      const variables = { ...(first as Record<string, unknown>) };
      const unsubscribe = socket.subscribe<Followed>(
        { query, variables },
        {
          ...sink,
          next(result) {
            if (result.data) variables["after"] = result.data.interviewEvents.cursor;
            sink.next(result as Parameters<typeof sink.next>[0]);
          },
        },
      );
      return { unsubscribe };
    },
  });
  const client = new Client({
    url,
    preferGetMethod: false,
    exchanges: [fetchExchange, subscriptionExchange({ forwardSubscription })],
    async fetch(input, init) {
      const headers = new Headers(init?.headers);
      headers.set("authorization", `Bearer ${await token()}`);
      return fetch(input, { ...init, headers });
    },
  });
  let end = () => {};

  async function listThenFollow(): Promise<void> {
    const { data, error } = await client.query<Listed>(LIST, {}, { requestPolicy: "network-only" }).toPromise();
    if (!data) throw error ?? new Error("The list has no data.");
    screen.show(data.interviews.nodes);
    const variables = { after: data.interviews.asOfCursor };
    const subscription = client
      .subscription<Followed>(FOLLOW, variables)
      .subscribe(({ data: followed, error: refusal }) => {
        const item = followed?.interviewEvents;
        if (refusal) restart();
        else if (item?.__typename === "InterviewEvent") screen.change(item);
      });
    end = () => subscription.unsubscribe();
  }

  /** After a refusal, such as CURSOR_EXPIRED, the list is read again. */
  function restart(): void {
    end();
    const timer = setTimeout(() => void listThenFollow().catch(restart), 1_000);
    end = () => clearTimeout(timer);
  }

  listThenFollow().catch(restart);
  return () => {
    end();
    void socket.dispose();
  };
}
