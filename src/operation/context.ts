import type { Logger } from "pino";
import type { Database, Transaction } from "../db/client.ts";
import type { EventSource } from "./event-source.ts";
import type { BatchFetch, Columns, Loader, LoaderCache } from "../read/loader.ts";
import { createLoaderCache } from "../read/loader.ts";

export const SCOPES = ["interviews:read", "interviews:write", "directory:read"] as const;
export type Scope = (typeof SCOPES)[number];

/** Who asks: an API token of one account, a person of it, or the gateway's own worker. */
export interface Caller {
  accountId: string;
  /** The person; null for an API token and for the worker, whose scopes are all that counts. */
  userId: string | null;
  /** The API token; null for a person and for the worker. */
  tokenId: string | null;
  /** The frontend that holds the token; null when the token names none. */
  clientId: string | null;
  /** Of the person or the API token, for people who read the history. */
  name: string;
  scopes: ReadonlySet<Scope>;
  /** When the token ends; null for one that does not end by itself. */
  expiresAt: Date | null;
}

/** Names who is counted and charged: a person whatever their token, or an API token however its header is spelled. */
export const nameOfCaller = ({ accountId, userId, tokenId }: Caller): string => `${accountId}/${userId ?? tokenId}`;

/** Hands a task to the queue inside the caller's transaction. */
export interface TaskSender {
  send(
    tx: Transaction,
    task: { name: string; accountId: string; payload: object; notBefore: Date | null },
  ): Promise<void>;
}

/** Whether searches have ended, whichever process completes them. */
export interface SearchEnds {
  /** `ended` resolves with true when the search has ended, and with false when it is left. */
  follow(search: { accountId: string; id: string }): { ended: Promise<boolean>; leave: () => void };
}

/** What a process owns once and each operation uses. */
export interface Services {
  db: Database;
  /** For rows by their ids. */
  lookups: Database;
  /** For pages of lists that an index answers at once. */
  pages: Database;
  tasks: TaskSender;
  events: EventSource;
  searches: SearchEnds;
  log: Logger;
  now: () => Date;
  /** Wakes every process, because committed events or tasks are waiting; never throws. */
  wake: () => void;
}

/** What one operation, or one event of a subscription, runs in. */
export interface Context extends Services {
  caller: Caller;
  accountId: string;
  requestId: string;
  /** The cursor that a reconnecting event stream has read up to; null for everything else. */
  lastEventId: string | null;
  /**
   * What belongs to the id in the caller's account; null for no id and for an unknown one.
   * @param columns that are read of the rows; all when left out
   */
  load<V>(loader: Loader<V>, id: string | null, columns?: Columns): Promise<V | null>;
  /** The same, fetched in a way of this operation alone; the name says all that `fetch` depends on. */
  batch<V>(name: string, id: string, fetch: BatchFetch<V>): Promise<V | null>;
  /** Forgets what was loaded, since something of it has been changed. */
  forget(): void;
}

export interface RequestOrigin {
  requestId: string;
  lastEventId?: string | null;
}

const NOTHING = Promise.resolve(null);

export function createContext(services: Services, caller: Caller, origin: RequestOrigin): Context {
  const createLoaders = (): LoaderCache =>
    createLoaderCache({ quick: services.lookups, db: services.db }, caller.accountId);
  let loaders = createLoaders();
  return {
    ...services,
    caller,
    accountId: caller.accountId,
    requestId: origin.requestId,
    lastEventId: origin.lastEventId ?? null,
    load: (loader, id, columns = null) => (id === null ? NOTHING : loaders.load(loader, id, columns)),
    batch: (name, id, fetch) => loaders.batch(name, id, fetch),
    forget() {
      loaders = createLoaders();
    },
  };
}

/** The context in which the worker acts for an account. */
export function systemContext(services: Services, accountId: string, requestId: string): Context {
  return createContext(
    services,
    {
      accountId,
      userId: null,
      tokenId: null,
      clientId: null,
      name: "provisioning",
      scopes: new Set(SCOPES),
      expiresAt: null,
    },
    { requestId },
  );
}
