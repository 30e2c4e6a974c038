import { createClient } from "graphql-ws";
import { Environment, fetchQuery, Network, Observable, RecordSource, requestSubscription, Store } from "relay-runtime";
import type { FetchFunction, GraphQLResponse, SubscribeFunction } from "relay-runtime";
import FollowSubscription from "./__generated__/relayOperationFollowSubscription.graphql.ts";
import ListQuery from "./__generated__/relayOperationListQuery.graphql.ts";
import type { Followed, Listed, Options } from "./screen.ts";

/** What relay-compiler has made of the documents, with texts or with ids. */
const compiled = { list: ListQuery, follow: FollowSubscription };

export function follow({ url, token, screen }: Options, documents = compiled): () => void {
  const socket = createClient({
    url: url.replace(/^http/, "ws"),
    connectionParams: async () => ({ authorization: `Bearer ${await token()}` }),
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
  });
  // A document that the compiler has persisted has an id in place of its text.
  const fetchFunction: FetchFunction = async ({ text, id }, variables) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${await token()}` },
      body: JSON.stringify({ ...(text === null ? { documentId: id } : { query: text }), variables }),
    });
    return (await response.json()) as GraphQLResponse;
  };
  const subscribeFunction: SubscribeFunction = ({ text, id }, first) =>
    Observable.create((sink) => {
      // The socket's client sends this object again at each connection, with the cursor that it has by then.
      const variables = { ...first };
      const request = { query: text ?? "", variables, ...(text === null && { documentId: id }) };
      return socket.subscribe<Followed>(request, {
        next(result) {
          if (result.data) variables["after"] = result.data.interviewEvents.cursor;
          sink.next(result as GraphQLResponse);
        },
        error: (error) => sink.error(error as Error),
        complete: () => sink.complete(),
      });
    });
  const network = Network.create(fetchFunction, subscribeFunction);
  const environment = new Environment({ network, store: new Store(new RecordSource()) });
  let end = () => {};

  async function listThenFollow(): Promise<void> {
    const data = (await fetchQuery(environment, documents.list, {}).toPromise()) as Listed | undefined;
    if (!data) throw new Error("The list has no data.");
    screen.show(data.interviews.nodes);
    const subscription = requestSubscription(environment, {
      subscription: documents.follow,
      variables: { after: data.interviews.asOfCursor },
      onNext(response) {
        const item = (response as Followed | null)?.interviewEvents;
        if (item?.__typename === "InterviewEvent") screen.change(item);
      },
      onError: restart,
      onCompleted: restart,
    });
    end = () => subscription.dispose();
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
