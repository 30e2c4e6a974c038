import { getNamedType, isAbstractType, isObjectType, TypeInfo, visit, visitWithTypeInfo } from "graphql";
import type { GraphQLField, GraphQLResolveInfo, OperationDefinitionNode } from "graphql";
import { Cache } from "../core/cache.ts";
import type { Context } from "../operation/context.ts";
import { loaded } from "../read/loader.ts";
import type { Columns, Loader } from "../read/loader.ts";

/** Maximum number of column sets; each leads to statements of its own, which connections hold until they close. */
const MAX_SETS = 200;
const REPLACE_EVERY_MS = 10_000;

const emptySets = () => new Cache<readonly string[]>({ maxSize: MAX_SETS, replaceEveryMs: REPLACE_EVERY_MS });
let sets = emptySets();

/** Forgets all sets, as new connections have no statements. */
export function forgetSets(): void {
  sets = emptySets();
}

/** What a document reads of each type, and the set once it was asked for. */
type Reads = Map<string, ReadonlySet<string> | Columns>;
const known = new WeakMap<OperationDefinitionNode, Reads>();

/**
 * The columns that a document reads of a type's rows, wherever in it: what is not among them need not be fetched for rows that
 * only the type's fields look at. Null for all of them, which is so as soon as one field does not declare what it reads.
 */
export function columnsOf(info: GraphQLResolveInfo, type = getNamedType(info.returnType).name): Columns {
  const reads = known.get(info.operation) ?? collect(info);
  const found = reads.get(type) ?? null;
  if (!(found instanceof Set)) return found as Columns;
  const columns = intern(found as ReadonlySet<string>);
  reads.set(type, columns);
  return columns;
}

/** The same together with columns that the resolver itself looks at. */
export function columnsAnd(reads: readonly string[], info: GraphQLResolveInfo, type?: string): Columns {
  const columns = columnsOf(info, type);
  if (!columns || reads.every((column) => columns.includes(column))) return columns;
  return intern(new Set([...columns, ...reads]));
}

/** Fields of rows that declare what they read. */
export function fieldsOf<Row extends object>() {
  type Key = keyof Row & string;
  type IdKey = { [K in Key]: Row[K] extends string ? K : never }[Key];
  type NullableIdKey = { [K in Key]: Row[K] extends string | null ? K : never }[Key];
  /** A resolver that looks at these columns of its row, which the compiler sees to. */
  const reading = <K extends Key, R>(
    reads: readonly K[],
    resolve: (row: Pick<Row, K>, ctx: Context, info: GraphQLResolveInfo) => R,
  ) => ({
    extensions: { reads },
    resolve: (...[row, , ctx, info]: [Pick<Row, K>, object, Context, GraphQLResolveInfo]) => resolve(row, ctx, info),
  });
  return {
    reading,
    /** What a foreign key leads to. */
    related: <V>(key: IdKey, loader: Loader<V>) =>
      reading([key], (row, ctx, info) => loaded(ctx.load(loader, row[key] as string, columnsOf(info)))),
    /** The same for a key that may be null. */
    relatedIfAny: <V>(key: NullableIdKey, loader: Loader<V>) =>
      reading([key], (row, ctx, info) => ctx.load(loader, row[key] as string | null, columnsOf(info))),
  };
}

function collect({ schema, operation, fragments }: GraphQLResolveInfo): Reads {
  const reads = new Map<string, Set<string> | null>();
  const add = (type: string, field: GraphQLField<unknown, unknown>): void => {
    const columns = readsOf(field);
    const before = reads.get(type) ?? new Set();
    if (columns === null) reads.set(type, null);
    else if (reads.get(type) !== null) reads.set(type, new Set([...before, ...columns]));
  };
  const typeInfo = new TypeInfo(schema);
  const Field = (): void => {
    const parent = typeInfo.getParentType();
    const field = typeInfo.getFieldDef();
    if (!field || field.name.startsWith("__")) return;
    if (isObjectType(parent)) return add(parent.name, field);
    if (!isAbstractType(parent)) return;
    for (const type of schema.getPossibleTypes(parent)) {
      const own = schema.getField(type, field.name);
      if (own) add(type.name, own);
    }
  };
  for (const definition of [operation, ...Object.values(fragments)]) {
    visit(definition, visitWithTypeInfo(typeInfo, { Field }));
  }
  known.set(operation, reads);
  return reads;
}

/** Null for a field that does not say what it reads. */
function readsOf({ name, extensions }: GraphQLField<unknown, unknown>): readonly string[] | null {
  const { reads, pothosExposedField: exposed } = extensions as { reads?: string[]; pothosExposedField?: string };
  return reads ?? (name === "id" ? ["id"] : exposed === undefined ? null : [exposed]);
}

/** The same object for the same set; null while there are too many sets. */
function intern(columns: ReadonlySet<string>): Columns {
  const sorted = [...columns].toSorted();
  const key = sorted.join();
  const same = sets.get(key);
  if (same) return same;
  sets.set(key, sorted);
  return sets.get(key) ?? null;
}
