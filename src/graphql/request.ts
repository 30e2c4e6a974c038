import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";

/** One HTTP request, or one operation on a socket. */
export interface RequestScope {
  requestId: string;
}

const storage = new AsyncLocalStorage<RequestScope>();
const ACCEPTED = /^[\w.:-]{1,64}$/;

/** The client's own request id when it is harmless to log and echo, else a new one. */
export function chooseRequestId(offered: string | string[] | undefined): string {
  return typeof offered === "string" && ACCEPTED.test(offered) ? offered : randomUUID();
}

export function inRequest<T>(scope: RequestScope, work: () => T): T {
  return storage.run(scope, work);
}

export const currentRequest = (): RequestScope | undefined => storage.getStore();
