import { isAbstractType, Kind, typeFromAST, visit } from "graphql";
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLObjectType,
  InlineFragmentNode,
  OperationDefinitionNode,
  SelectionSetNode,
  ValidatedExecutionArgs,
} from "graphql";

/** One field of a selection, looked up once for all runs of its document. */
export interface FieldPlan {
  /** Its name in the answer. */
  key: string;
  nodes: readonly [FieldNode, ...FieldNode[]];
  parentType: GraphQLObjectType;
  definition: GraphQLField<unknown, unknown>;
  /** What is selected of each object type that the field can lead to, filled as types are met. */
  selections: Map<GraphQLObjectType, FieldPlan[]>;
}

/** Why a query cannot be planned. */
export type Unplannable = "directive" | "introspection" | "key" | "signal";

/** Plans live as long as their operations in the cache of parsed documents. */
const plans = new WeakMap<OperationDefinitionNode, FieldPlan[] | Unplannable>();

/** The fields at the root of a query or of a subscription's event, or why only graphql-js can execute it. */
export function planOperation(args: ValidatedExecutionArgs): FieldPlan[] | Unplannable {
  const { document, externalAbortSignal, operation, schema } = args;
  if (externalAbortSignal) return "signal";
  const type = schema.getRootType(operation.operation);
  if (!type) throw new Error(`A schema without a root type for a ${operation.operation}.`);
  const plan = plans.get(operation) ?? findUnplannable(document) ?? collect(args, type, [operation.selectionSet]);
  plans.set(operation, plan);
  return plan;
}

/** What is selected of an object of this type, which the field has led to. */
export function planSelection(args: ValidatedExecutionArgs, field: FieldPlan, type: GraphQLObjectType): FieldPlan[] {
  const known = field.selections.get(type);
  if (known) return known;
  const sets = field.nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  const plan = collect(args, type, sets);
  field.selections.set(type, plan);
  return plan;
}

/** A directive decides at each run what is selected; `__proto__` is a key that no plain object can have. */
function findUnplannable(document: DocumentNode): Unplannable | undefined {
  let found: Unplannable | undefined;
  visit(document, {
    Directive: () => void (found = "directive"),
    Field({ alias, name }) {
      if (alias?.value === "__proto__") found = "key";
      else if (name.value.startsWith("__") && name.value !== "__typename") found = "introspection";
    },
  });
  return found;
}

/** GraphQL's CollectFields, over several selection sets that are merged. */
function collect(
  { fragmentDefinitions, schema }: ValidatedExecutionArgs,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): FieldPlan[] {
  const grouped = new Map<string, [FieldNode, ...FieldNode[]]>();
  const entered = new Set<InlineFragmentNode | FragmentDefinitionNode>();
  const applies = ({ typeCondition }: InlineFragmentNode | FragmentDefinitionNode): boolean => {
    if (!typeCondition) return true;
    const condition = typeFromAST(schema, typeCondition);
    return condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
  };
  const enter = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const nodes = grouped.get(key);
        if (nodes) nodes.push(selection);
        else grouped.set(key, [selection]);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentDefinitions[selection.name.value];
      if (!fragment || entered.has(fragment) || !applies(fragment)) continue;
      entered.add(fragment);
      enter(fragment.selectionSet);
    }
  };
  sets.forEach(enter);
  return [...grouped].flatMap(([key, nodes]) => {
    const definition = schema.getField(type, nodes[0].name.value);
    return definition ? { key, nodes, parentType: type, definition, selections: new Map() } : [];
  });
}
