import { brandWithType } from "@pothos/core";
import type { GraphQLResolveInfo } from "graphql";
import { decodeId } from "../core/id.ts";
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

interface PothosExtensions {
  pothosOptions?: { loadWithoutCache?: (id: string, ctx: Context) => Promise<object | null> | object | null };
}

/**
 * The object behind an id, marked with the type that the Node interface tells it by.
 * @throws RequestError INVALID_ID when it is not an id of this API
 */
export async function loadNode(encoded: string, ctx: Context, { schema }: GraphQLResolveInfo): Promise<object | null> {
  const { noun, id } = decodeId(encoded);
  const { pothosOptions }: PothosExtensions = schema.getType(noun)?.extensions ?? {};
  if (!pothosOptions?.loadWithoutCache) throw new Error(`The type ${noun} cannot be read by its id.`);
  const found = await pothosOptions.loadWithoutCache(id, ctx);
  brandWithType(found, noun as never);
  return found;
}
