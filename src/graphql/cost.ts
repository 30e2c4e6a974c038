import { complexityFromQuery } from "@pothos/plugin-complexity";
import { getNamedType, getNullableType, isInterfaceType, isLeafType, isListType, isObjectType, Kind } from "graphql";
import type { DocumentNode, GraphQLField, GraphQLOutputType, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { DEFAULT_PAGE, LARGEST_PAGE } from "../operation/page.ts";

/** How many items a list is taken to have when nothing says its size: interviewers, activities, warnings. */
const ASSUMED_ITEMS = 5;

/** What is looked at of a field. */
interface Field {
  name: string;
  type: GraphQLOutputType;
  args: readonly { name: string }[];
}

/** Arguments that say how many objects there are. */
const SIZES: ReadonlySet<string> = new Set(["first", "ids"]);

type Arguments = { first?: number | null; last?: number | null; ids?: readonly unknown[] } & Record<string, unknown>;

/** For Pothos: one for each object, nothing for values; a page has as many objects as are asked for. */
export function fieldCost(args: Arguments, _context: object, field: Field) {
  const named = getNamedType(field.type);
  const own = isLeafType(named) || named.name === "PageInfo" ? 0 : 1;
  if (field.args.some(({ name }) => name === "first")) {
    const size = args.first ?? args.last ?? DEFAULT_PAGE;
    return { field: own, multiplier: Math.min(Math.max(size, 0), LARGEST_PAGE) };
  }
  if (!isListType(getNullableType(field.type))) return { field: own, multiplier: 1 };
  // The size of a page has been multiplied in at its connection.
  if (field.name === "edges") return { field: 0, multiplier: 1 };
  if (field.name === "nodes" && !args.ids) return { field: own, multiplier: 1 };
  const items = args.ids?.length ?? ASSUMED_ITEMS;
  return { field: own * items, multiplier: items };
}

/** Computes once what no argument decides: reading arguments takes time, and a wrong one would hide the cost of the rest. */
function fixCost(field: GraphQLField<unknown, unknown>): void {
  if (field.args.some(({ name }) => SIZES.has(name))) return;
  field.extensions = { ...field.extensions, complexity: fieldCost({}, {}, field) };
}

/** What an operation costs, and how deep and wide it is with its fragments put in. */
export interface Cost {
  /** Objects that it may load. */
  cost: number;
  depth: number;
  /** Fields, counted as often as fragments repeat them. */
  fields: number;
}

/** @throws GraphQLError for variables that do not fit, RequestError for ids that are none */
export type CostOf = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown> | null | undefined,
) => Cost;

/** Computes costs; that of an operation without variables once for as long as its document is kept. */
export function createCostOf(schema: GraphQLSchema): CostOf {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isObjectType(type) || isInterfaceType(type)) Object.values(type.getFields()).forEach(fixCost);
  }
  const known = new WeakMap<OperationDefinitionNode, Cost>();
  return (document, operation, variables) => {
    const cached = known.get(operation);
    if (cached) return cached;
    // The library looks at the first operation of a document.
    const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
    const alone = { ...document, definitions: [operation, ...fragments] };
    const { complexity, depth, breadth } = complexityFromQuery(alone, { schema, variables: variables ?? {} });
    const cost = { cost: complexity, depth, fields: breadth };
    if (!operation.variableDefinitions?.length) known.set(operation, cost);
    return cost;
  };
}
