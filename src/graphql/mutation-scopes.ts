import { getNamedType, isCompositeType, isUnionType, Kind, typeFromAST } from "graphql";
import type { GraphQLCompositeType, GraphQLResolveInfo, SelectionSetNode } from "graphql";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";

const OPEN_FIELDS: ReadonlySet<string> = new Set(["id", "__typename"]);
/** A search is what its own caller made: only what it shows of others is theirs. */
const OPEN_TYPES: ReadonlySet<string> = new Set(["AvailabilitySearch", "LoopAvailabilitySearch"]);

/**
 * Rejects a mutation before it writes, or a read of a search, unless the caller may write, and may read what its selection
 * shows: a caller without the scope to read may select ids only.
 * @throws RequestError FORBIDDEN that names the missing scope
 */
export function requireMutationScopes(ctx: Context, info: GraphQLResolveInfo): void {
  requireScope(ctx, "interviews:write");
  if (!ctx.caller.scopes.has("interviews:read") && showsObjects(info)) requireScope(ctx, "interviews:read");
}

/** Whether more than the id is selected of anything that has one. */
function showsObjects({ schema, fragments, fieldNodes, returnType }: GraphQLResolveInfo): boolean {
  const visited = new Set<string>();
  const within = (set: SelectionSetNode | undefined, type: GraphQLCompositeType): boolean =>
    set?.selections.some((selection) => {
      if (selection.kind === Kind.FIELD) {
        const field = schema.getField(type, selection.name.value);
        if (hasId(type) && !OPEN_TYPES.has(type.name) && !OPEN_FIELDS.has(selection.name.value)) return true;
        const inner = field && getNamedType(field.type);
        return isCompositeType(inner) && within(selection.selectionSet, inner);
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (visited.has(selection.name.value)) return false;
        visited.add(selection.name.value);
      }
      const condition = fragment?.typeCondition ? typeFromAST(schema, fragment.typeCondition) : type;
      return isCompositeType(condition) && within(fragment?.selectionSet, condition);
    }) ?? false;
  const type = getNamedType(returnType);
  return isCompositeType(type) && fieldNodes.some((node) => within(node.selectionSet, type));
}

const hasId = (type: GraphQLCompositeType) => !isUnionType(type) && "id" in type.getFields();
