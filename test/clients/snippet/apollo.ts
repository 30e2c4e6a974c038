import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import { tap } from "rxjs";
import { FOLLOW, LIST } from "./screen.ts";
import type { Followed, Listed, Options } from "./screen.ts";

export function follow({ url, token, screen }: Options): () => void {
  const socket = createClient({
    url: url.replace(/^http/, "ws"),
    connectionParams: async () => ({ headers: { Authorization: `Bearer ${await token()}` } }),
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
  });
  const authenticate = new SetContextLink(async () => ({ headers: { authorization: `Bearer ${await token()}` } }));
  // The socket's client sends the variables again at each connection, with the cursor that they have by then.
  const resume = new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      tap(({ data }) => {
        const [item] = Object.values(data ?? {}) as { cursor?: string }[];
        if (item?.cursor) operation.variables["after"] = item.cursor;
      }),
    ),
  );
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      ApolloLink.from([resume, new GraphQLWsLink(socket)]),
      ApolloLink.from([authenticate, new HttpLink({ uri: url })]),
    ),
  });
  let end = () => {};

  async function listThenFollow(): Promise<void> {
    const { data } = await client.query<Listed>({ query: gql(LIST), fetchPolicy: "network-only" });
    if (!data) throw new Error("The list has no data.");
    screen.show(data.interviews.nodes);
    const variables = { after: data.interviews.asOfCursor };
    const subscription = client.subscribe<Followed>({ query: gql(FOLLOW), variables }).subscribe({
      next({ data: followed, error }) {
        const item = followed?.interviewEvents;
        if (error) restart();
        else if (item?.__typename === "InterviewEvent") screen.change(item);
      },
      error: restart,
      complete: restart,
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
    client.stop();
    void socket.dispose();
  };
}
