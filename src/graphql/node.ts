import { requireScope } from "../operation/authorize.ts";
import type { Context, Scope } from "../operation/context.ts";
import type { Loader } from "../operation/loader.ts";

/**
 * How `node` fetches an object whose noun a scope guards. Nodes are loaded without the cache of the relay plugin: loaders have
 * their own, and what that one hands out a second time within an operation is not yet marked with its type.
 */
export function guardedNode<V>(loader: Loader<V>, scope: Scope): (id: string, ctx: Context) => Promise<V | null> {
  return async (id, ctx) => {
    requireScope(ctx, scope);
    return ctx.load(loader, id);
  };
}

/** How `node` fetches reference data. */
export const directoryNode = <V>(loader: Loader<V>) => guardedNode(loader, "directory:read");
