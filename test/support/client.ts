import { createClient } from "graphql-ws";
import type { Client as SocketClient } from "graphql-ws";
import { expect } from "vitest";
import { WebSocket } from "ws";

export interface GraphQLResult {
  data?: Record<string, any> | null;
  errors?: { message: string; path?: (string | number)[]; extensions?: Record<string, any> }[];
}

/** A stream of results that are awaited one by one. */
export interface Subscription {
  next(): Promise<GraphQLResult>;
  close(): Promise<void>;
}

export interface EventStream extends Subscription {
  /** The lines up to the next empty one: a message, a comment, or an id alone. */
  nextBlock(): Promise<string>;
  /** Id of the last event that was read. */
  lastEventId(): string | undefined;
}

/** A user of the real endpoints. Its complaints show the request. */
export class Client {
  readonly url: string;
  readonly token: string | undefined;

  constructor(url: string, token: string | undefined) {
    this.url = url;
    this.token = token;
  }

  post(body: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...this.authorization(), ...headers },
      body,
    });
  }

  async send(query: string, variables?: object): Promise<GraphQLResult> {
    const response = await this.post(JSON.stringify({ query, variables }));
    return (await response.json()) as GraphQLResult;
  }

  /** The data of an answer that has no errors. */
  async data(query: string, variables?: object): Promise<Record<string, any>> {
    const result = await this.send(query, variables);
    expect(result.errors, `${query}\n${JSON.stringify(variables, null, 1)}`).toBeUndefined();
    return result.data ?? {};
  }

  /** Subscribes over a WebSocket, once the server has accepted the socket. */
  async subscribe(query: string, variables?: Record<string, unknown>): Promise<Subscription> {
    const client = await this.openSocket();
    const results = client.iterate({ query, variables: variables ?? null });
    return {
      next: async () => {
        const item = await results.next().catch((errors: unknown) => {
          if (Array.isArray(errors)) return { done: false as const, value: { errors } };
          throw errors;
        });
        if (item.done) throw new Error("The subscription has ended.");
        return item.value as GraphQLResult;
      },
      close: async () => {
        await results.return?.();
        await client.dispose();
      },
    };
  }

  openSocket(): Promise<SocketClient> {
    return new Promise((resolve, reject) => {
      const client = createClient({
        url: `${this.url.replace("http", "ws")}/graphql`,
        webSocketImpl: WebSocket,
        lazy: false,
        retryAttempts: 0,
        connectionParams: this.authorization(),
        onNonLazyError: reject,
        on: { connected: () => resolve(client), closed: reject },
      });
    });
  }

  /** Subscribes over server-sent events. */
  subscribeSse(query: string, variables?: object, headers?: Record<string, string>): Promise<EventStream> {
    const body = JSON.stringify({ query, variables });
    return this.openEventStream("", {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
    });
  }

  /** As a browser's EventSource asks. */
  followByGet(query: string, variables: object, headers?: Record<string, string>): Promise<EventStream> {
    const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
    return this.openEventStream(`?${search}`, { headers: { ...headers } });
  }

  private async openEventStream(
    search: string,
    init: { method?: string; body?: string; headers: Record<string, string> },
  ): Promise<EventStream> {
    const abort = new AbortController();
    const response = await fetch(`${this.url}/graphql${search}`, {
      ...init,
      headers: { accept: "text/event-stream", ...this.authorization(), ...init.headers },
      signal: abort.signal,
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    let lastEventId: string | undefined;
    const nextBlock = async (): Promise<string> => {
      for (;;) {
        const end = text.indexOf("\n\n");
        if (end >= 0) {
          const block = text.slice(0, end);
          text = text.slice(end + 2);
          lastEventId = /^id: (.*)$/m.exec(block)?.[1] ?? lastEventId;
          return block;
        }
        const chunk = await reader?.read();
        if (!chunk || chunk.done) throw new Error("The event stream has ended.");
        text += chunk.value;
      }
    };
    const next = async (): Promise<GraphQLResult> => {
      for (;;) {
        const data = /^data: (.*)$/m.exec(await nextBlock())?.[1];
        if (data) return JSON.parse(data) as GraphQLResult;
      }
    };
    return { next, nextBlock, close: async () => abort.abort(), lastEventId: () => lastEventId };
  }

  private authorization(): Record<string, string> {
    return this.token ? { authorization: `Bearer ${this.token}` } : {};
  }
}
