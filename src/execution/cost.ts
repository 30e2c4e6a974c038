import { getNamedType, getNullableType, isCompositeType, isLeafType, isListType, Kind } from "graphql";
import type {
  FieldNode,
  GraphQLCompositeType,
  GraphQLField,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
  ValueNode,
  ValidatedExecutionArgs,
} from "graphql";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../listing/page.ts";
import { introspectionSizes } from "./introspection.ts";
import { weigh } from "./weight.ts";

/** How many items a list is taken to have when nothing says its size: interviewers, activities, warnings. */
const ASSUMED_ITEMS = 5;
/** How many values take about as long as one object. */
export const VALUES_PER_POINT = 10;
/** On a field of long text, or of what takes long to compute: how many ordinary values, or objects, it counts for. */
export interface WeightExtensions {
  weight: number;
}

/** What an operation costs, and how deep and wide it is with its fragments put in. */
export interface Cost {
  /** Objects that it may load; or values that it reads and returns, ten to a point, when that is more. */
  cost: number;
  depth: number;
  /** Fields, counted as often as fragments repeat them. */
  fields: number;
}

type Field = GraphQLField<unknown, unknown>;

interface Size {
  objects: number;
  values: number;
  depth: number;
  fields: number;
}

const NOTHING: Size = { objects: 0, values: 0, depth: 0, fields: 0 };
const known = new WeakMap<OperationDefinitionNode, Cost>();

/** Computes what an operation costs; without variables, once for as long as its document is cached. */
export function costOf(args: ValidatedExecutionArgs): Cost {
  const { operation, schema } = args;
  const cached = known.get(operation);
  if (cached) return cached;
  const root = schema.getRootType(operation.operation);
  const { objects, values, depth, fields } = root ? new Measure(args).ofSet(operation.selectionSet, root) : NOTHING;
  const cost = { cost: Math.ceil(Math.max(objects, values / VALUES_PER_POINT)), depth, fields };
  if (!operation.variableDefinitions?.length) known.set(operation, cost);
  return cost;
}

/** Measures each selection set once for each type, however often fragments repeat it. */
class Measure {
  readonly #args: ValidatedExecutionArgs;
  readonly #sizes = new Map<SelectionSetNode, Map<GraphQLCompositeType, Size>>();
  readonly #weights = new Map<string, number>();

  constructor(args: ValidatedExecutionArgs) {
    this.#args = args;
  }

  ofSet(set: SelectionSetNode, type: GraphQLCompositeType): Size {
    const sizes = this.#sizes.get(set) ?? new Map<GraphQLCompositeType, Size>();
    this.#sizes.set(set, sizes);
    const measured =
      sizes.get(type) ?? set.selections.map((selection) => this.#ofSelection(selection, type)).reduce(add, NOTHING);
    sizes.set(type, measured);
    return measured;
  }

  #ofSelection(selection: SelectionNode, type: GraphQLCompositeType): Size {
    if (selection.kind === Kind.FIELD) return this.#ofField(selection, type);
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#args.fragmentDefinitions[selection.name.value];
    if (!fragment) return NOTHING;
    const condition = fragment.typeCondition && this.#args.schema.getType(fragment.typeCondition.name.value);
    return this.ofSet(fragment.selectionSet, isCompositeType(condition) ? condition : type);
  }

  #ofField(node: FieldNode, parent: GraphQLCompositeType): Size {
    const field = this.#args.schema.getField(parent, node.name.value);
    if (!field) return NOTHING;
    const { own, items } = this.#countsOf(field, { node, parent });
    const type = getNamedType(field.type);
    const inner = node.selectionSet && isCompositeType(type) ? this.ofSet(node.selectionSet, type) : NOTHING;
    const values = isLeafType(type) ? Math.max(1, items) * weightOfField(field) : 0;
    return {
      objects: own * weightOfField(field) + inner.objects * items,
      values: values + this.#weightOf(node) + inner.values * items,
      depth: 1 + inner.depth,
      fields: 1 + inner.fields,
    };
  }

  /** How many objects a field is itself, and how many its selection is applied to: a page has as many as are asked for. */
  #countsOf(field: Field, { node, parent }: { node: FieldNode; parent: GraphQLCompositeType }) {
    const named = getNamedType(field.type);
    const one = isLeafType(named) || named.name === "PageInfo" ? 0 : 1;
    if (field.args.some(({ name }) => name === "first")) {
      const size = numberOf(this.#valueOf(node, "first")) ?? numberOf(this.#valueOf(node, "last")) ?? DEFAULT_PAGE_SIZE;
      return { own: one, items: Math.min(Math.max(size, 0), MAX_PAGE_SIZE) };
    }
    const introspected = introspectionSizes(this.#args.schema).get(`${parent.name}.${field.name}`);
    if (introspected !== undefined) return { own: one * introspected, items: introspected };
    if (!isListType(getNullableType(field.type))) return { own: one, items: 1 };
    // The size of a page has been multiplied in at its connection.
    if (field.name === "edges") return { own: 0, items: 1 };
    const takesIds = field.args.some(({ name }) => name === "ids");
    if (field.name === "nodes" && !takesIds) return { own: one, items: 1 };
    const items = takesIds ? lengthOf(this.#valueOf(node, "ids")) : ASSUMED_ITEMS;
    return { own: one * items, items };
  }

  /** Reads one argument without the others, so that a wrong one hides nothing. */
  #valueOf(node: FieldNode, name: string): unknown {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
    if (value?.kind === Kind.VARIABLE) return this.#args.variableValues.coerced[value.name.value];
    if (value?.kind === Kind.INT) return Number(value.value);
    if (value?.kind === Kind.LIST) return value.values;
    return value?.kind === Kind.NULL ? undefined : value;
  }

  /** What the arguments weigh: they are read for each field that has them, long lists in variables again and again. */
  #weightOf({ arguments: given = [] }: FieldNode): number {
    return given.reduce((weight, { value }) => weight + this.#weightOfValue(value), 0);
  }

  #weightOfValue(value: ValueNode): number {
    if (value.kind === Kind.VARIABLE) return this.#weightOfVariable(value.name.value);
    if (value.kind === Kind.LIST) return value.values.reduce((weight, item) => weight + this.#weightOfValue(item), 0);
    if (value.kind === Kind.OBJECT)
      return value.fields.reduce((weight, field) => weight + this.#weightOfValue(field.value), 0);
    return value.kind === Kind.STRING ? weigh(value.value) : 1;
  }

  #weightOfVariable(name: string): number {
    const known = this.#weights.get(name) ?? weigh(this.#args.variableValues.coerced[name]);
    this.#weights.set(name, known);
    return known;
  }
}

const add = (a: Size, b: Size): Size => ({
  objects: a.objects + b.objects,
  values: a.values + b.values,
  depth: Math.max(a.depth, b.depth),
  fields: a.fields + b.fields,
});

const numberOf = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 1);

const weightOfField = ({ extensions }: Field): number => (extensions as Partial<WeightExtensions>).weight ?? 1;
