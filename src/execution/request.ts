import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";

/** One HTTP request, or one operation on a socket. */
export interface RequestScope {
  requestId: string;
  /** When it arrived, as `performance.now()` says it. */
  startedAt: number;
}

const storage = new AsyncLocalStorage<RequestScope>();
const ACCEPTED = /^[\w.:-]{1,64}$/;

/** The client's own request id when it is harmless to log and echo, else a new one. */
export function chooseRequestId(offered: string | string[] | undefined): string {
  return typeof offered === "string" && ACCEPTED.test(offered) ? offered : randomUUID();
}

export function inRequest<T>({ requestId }: Pick<RequestScope, "requestId">, work: () => T): T {
  return storage.run({ requestId, startedAt: performance.now() }, work);
}

/** Lets a function run later for the request of this moment. */
export const bindToRequest = <F extends (...args: never[]) => unknown>(work: F): F => AsyncLocalStorage.bind(work);

export const currentRequest = (): RequestScope | undefined => storage.getStore();
