import { brandWithType } from "@pothos/core";
import type { GraphQLResolveInfo } from "graphql";
import { decodeId } from "../core/id.ts";
import type { Context } from "../operation/context.ts";
import { findObject } from "../listing/directory.ts";
import type { DirectoryNoun } from "../listing/directory.ts";

/**
 * How `node` fetches reference data. Nodes are loaded without the cache of the relay plugin: loaders have their own, and what
 * that one hands out a second time within an operation is not yet marked with its type.
 */
export const nodeOf =
  <Row>(noun: DirectoryNoun<Row>) =>
  (id: string, ctx: Context): Promise<Row | null> =>
    findObject(ctx, noun, { key: id });

interface PothosExtensions {
  pothosOptions?: { loadWithoutCache?: (id: string, ctx: Context) => Promise<object | null> | object | null };
}

/**
 * The object with an id, marked with its type for the Node interface.
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
