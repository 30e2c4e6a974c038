import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  Kind,
  typeFromAST,
  visit,
} from "graphql";
import type {
  DirectiveNode,
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLObjectType,
  GraphQLSchema,
  InlineFragmentNode,
  SelectionNode,
  SelectionSetNode,
  ValidatedExecutionArgs,
} from "graphql";

/** One field of a selection, looked up once for all runs of its document. */
export interface FieldPlan {
  /** Its name in the answer. */
  key: string;
  nodes: readonly FieldNode[];
  parentType: GraphQLObjectType;
  definition: GraphQLField<unknown, unknown>;
  /** What is selected of each object type that the field can lead to, filled as types are met. */
  selections: Map<GraphQLObjectType, FieldPlan[]>;
}

/** What is planned of one document. */
interface DocumentPlans {
  /** Variables that decide what is selected; null when a plan cannot say it. */
  conditions: readonly string[] | null;
  roots: Map<string, FieldPlan[]>;
}

const MOST_CONDITIONS = 4;
const TYPENAME = "__typename";
/** Kept as long as the document is, which is as long as the cache of parsed documents keeps it. */
const plans = new WeakMap<DocumentNode, DocumentPlans>();

/** The fields at the root of a query; null when the document has something that only graphql-js itself executes. */
export function planQuery(args: ValidatedExecutionArgs): FieldPlan[] | null {
  const { document, operation, schema, variableValues } = args;
  const queryType = schema.getQueryType();
  if (operation.operation !== "query" || !queryType) return null;
  const known = plans.get(document) ?? { conditions: conditionsOf(document), roots: new Map<string, FieldPlan[]>() };
  plans.set(document, known);
  if (!known.conditions) return null;
  const truths = known.conditions.map((name) => variableValues.coerced[name] === true);
  const key = JSON.stringify([operation.name?.value, ...truths]);
  const root = known.roots.get(key) ?? collect(args, queryType, [operation.selectionSet]);
  known.roots.set(key, root);
  return root;
}

/** What is selected of an object of this type, which the field has led to. */
export function planSelection(args: ValidatedExecutionArgs, field: FieldPlan, type: GraphQLObjectType): FieldPlan[] {
  const known = field.selections.get(type);
  if (known) return known;
  const sets = field.nodes.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []));
  const made = collect(args, type, sets);
  field.selections.set(type, made);
  return made;
}

/** Null for introspection, for directives other than skip and include, and for a key that no plain object can have. */
function conditionsOf(document: DocumentNode): readonly string[] | null {
  const names = new Set<string>();
  let plannable = true;
  visit(document, {
    Field: ({ name, alias }) => {
      if (alias?.value === "__proto__") plannable = false;
      if (name.value.startsWith("__") && name.value !== TYPENAME) plannable = false;
    },
    Directive: ({ name, arguments: given }) => {
      if (name.value !== "skip" && name.value !== "include") plannable = false;
      for (const { value } of given ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return plannable && names.size <= MOST_CONDITIONS ? [...names] : null;
}

/** GraphQL's CollectFields, over several selection sets that are merged. */
function collect(
  args: ValidatedExecutionArgs,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): FieldPlan[] {
  const grouped = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  const enter = (set: SelectionSetNode): void => {
    for (const selection of set.selections) if (isIncluded(args, selection)) take(selection);
  };
  const take = (selection: SelectionNode): void => {
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value;
      grouped.set(key, [...(grouped.get(key) ?? []), selection]);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      if (applies(args.schema, selection, type)) enter(selection.selectionSet);
    } else {
      const fragment = args.fragmentDefinitions[selection.name.value];
      if (!fragment || visited.has(selection.name.value) || !applies(args.schema, fragment, type)) return;
      visited.add(selection.name.value);
      enter(fragment.selectionSet);
    }
  };
  for (const set of sets) enter(set);
  return [...grouped].flatMap(([key, nodes]) => {
    const definition = nodes[0] && args.schema.getField(type, nodes[0].name.value);
    return definition ? [{ key, nodes, parentType: type, definition, selections: new Map() }] : [];
  });
}

function isIncluded(
  { variableValues }: ValidatedExecutionArgs,
  node: { readonly directives?: readonly DirectiveNode[] | undefined },
): boolean {
  if (!node.directives?.length) return true;
  if (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.["if"] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.["if"] !== false;
}

function applies(
  schema: GraphQLSchema,
  { typeCondition }: InlineFragmentNode | FragmentDefinitionNode,
  type: GraphQLObjectType,
): boolean {
  if (!typeCondition) return true;
  const condition = typeFromAST(schema, typeCondition);
  return condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
}
