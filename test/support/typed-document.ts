import {
  getNamedType,
  GraphQLNonNull,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import type {
  GraphQLArgument,
  GraphQLCompositeType,
  GraphQLField,
  GraphQLInputField,
  GraphQLInputObjectType,
  GraphQLInputType,
  GraphQLSchema,
} from "graphql";

/** A whole number of 0 to less than `bound`, chosen by the test. */
export type Choose = (bound: number) => number;

/** Deterministic choices of a seed (mulberry32). */
export function choicesOf(seed: number): Choose {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

export interface TypedDocument {
  query: string;
  variables: Record<string, unknown>;
}

export interface Values {
  right: readonly unknown[];
  /** Of the right type, and yet refused. */
  wrong?: readonly unknown[];
}

/** Values of a scalar, by the name of the argument or input field, and of the field that has the argument. */
export type ValuesOf = (scalar: string, name: string, field: string) => Values;

export interface TypedDocumentOptions {
  schema: GraphQLSchema;
  choose: Choose;
  valuesOf: ValuesOf;
  operation?: "query" | "mutation" | "subscription";
  /** How often of a hundred something is wrong on purpose. */
  mistakes?: number;
  /** How often of a hundred a field or fragment has `@skip` or `@include`. */
  directives?: number;
  depth?: number;
  /** Input fields that are never left out. */
  required?: readonly string[];
}

interface Place {
  name: string;
  field: string;
}

/** The name of an enum's value, which a literal has without quotes. */
class EnumValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A document by the types of a schema, so that most of it passes validation and is executed, with mistakes in any order. */
export function typedDocument(options: TypedDocumentOptions): TypedDocument {
  return new Writer(options).write();
}

class Writer {
  readonly #options: TypedDocumentOptions;
  readonly #choose: Choose;
  readonly #fragments = new Map<string, { type: string; text: string }>();
  readonly #variables = new Map<string, { type: string; value: unknown }>();
  #names = 0;

  constructor(options: TypedDocumentOptions) {
    this.#options = options;
    this.#choose = options.choose;
  }

  write(): TypedDocument {
    const { schema, operation = "query", depth = 4 } = this.#options;
    const root = {
      query: schema.getQueryType(),
      mutation: schema.getMutationType(),
      subscription: schema.getSubscriptionType(),
    };
    const type = root[operation];
    if (!type) throw new Error(`The schema has no ${operation}.`);
    const set = operation === "subscription" ? this.#one(Object.values(type.getFields())) : undefined;
    const selection = set ? `{ ${this.#field(set, depth)} }` : this.#selection(type, depth);
    const definitions = [...this.#variables].map(([name, variable]) => `$${name}: ${variable.type}`);
    const head = definitions.length > 0 ? `${operation} (${definitions.join(", ")})` : operation;
    const fragments = [...this.#fragments].map(([name, { type: on, text }]) => `fragment ${name} on ${on} ${text}`);
    return {
      query: [`${head} ${selection}`, ...fragments].join("\n"),
      variables: Object.fromEntries(
        [...this.#variables].flatMap(([name, { value }]) => (value === undefined ? [] : [[name, toJson(value)]])),
      ),
    };
  }

  #one<T>(items: readonly T[]): T {
    return items[this.#choose(items.length)] as T;
  }

  #inHundred(times: number): boolean {
    return this.#choose(100) < times;
  }

  #wrong(): boolean {
    return this.#inHundred(this.#options.mistakes ?? 5);
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const count = depth > 0 ? 1 + this.#choose(4) : 1;
    const parts = Array.from({ length: count }, () => this.#part(type, depth));
    return `{ ${parts.join(" ")} }`;
  }

  #part(type: GraphQLCompositeType, depth: number): string {
    const kind = this.#choose(20);
    if (kind === 0 || depth < 0) return "__typename";
    if (kind <= 2) return `... ${this.#directive()} ${this.#selection(type, depth - 1)}`;
    if (kind <= 4) return `...${this.#fragment(type, depth - 1)} ${this.#directive()}`;
    if (isAbstractType(type) && kind <= 14) {
      const possible = this.#one(this.#options.schema.getPossibleTypes(type));
      return kind <= 10
        ? `... on ${possible.name} ${this.#directive()} ${this.#selection(possible, depth - 1)}`
        : `...${this.#fragment(possible, depth - 1)}`;
    }
    if (isObjectType(type) && kind === 5 && type.getInterfaces().length > 0)
      return `... on ${this.#one(type.getInterfaces()).name} { __typename }`;
    const fields = "getFields" in type ? Object.values(type.getFields()) : [];
    const flat = depth > 0 ? fields : fields.filter((field) => !isCompositeType(getNamedType(field.type)));
    return flat.length > 0 ? this.#field(this.#one(flat), depth) : "__typename";
  }

  #fragment(type: GraphQLCompositeType, depth: number): string {
    const known = [...this.#fragments].filter(([, fragment]) => fragment.type === type.name && fragment.text !== "");
    if (known.length > 0 && this.#inHundred(50)) return this.#one(known)[0];
    const name = `F${(this.#names += 1)}`;
    // Without its text it is not used within itself.
    this.#fragments.set(name, { type: type.name, text: "" });
    this.#fragments.set(name, { type: type.name, text: this.#selection(type, depth) });
    return name;
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const named = getNamedType(field.type);
    const selection = isCompositeType(named) ? ` ${this.#selection(named, depth - 1)}` : "";
    const given = field.args.filter((argument) => isNonNullType(argument.type) || this.#inHundred(35));
    const args = given.flatMap((argument) =>
      this.#wrong() && this.#inHundred(20) ? [] : `${argument.name}: ${this.#argument(argument, field.name)}`,
    );
    // Fields with arguments need names of their own, or they would not merge.
    const alias = args.length > 0 || this.#inHundred(20) ? `a${(this.#names += 1)}: ` : "";
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(" ")})` : ""} ${this.#directive()}${selection}`;
  }

  #directive(): string {
    if (!this.#inHundred(this.#options.directives ?? 2)) return "";
    const name = this.#one(["skip", "include"]);
    const truth = this.#choose(2) === 0;
    return this.#inHundred(50) ? `@${name}(if: ${truth})` : `@${name}(if: ${this.#variable("Boolean!", truth)})`;
  }

  #argument(argument: GraphQLArgument, field: string): string {
    const value = this.#value(argument.type, { name: argument.name, field });
    if (this.#inHundred(60)) return toLiteral(value);
    // A nullable variable fits a non-null place only with a default value.
    const type = this.#wrong() ? String(getNullableType(argument.type)) : String(argument.type);
    return this.#variable(type, this.#wrong() ? undefined : value);
  }

  #variable(type: string, value: unknown): string {
    const name = `v${(this.#names += 1)}`;
    this.#variables.set(name, { type, value });
    return `$${name}`;
  }

  #value(type: GraphQLInputType, place: Place): unknown {
    const nullable = getNullableType(type);
    if (isNonNullType(type) ? this.#wrong() && this.#inHundred(30) : this.#inHundred(10)) return null;
    if (isListType(nullable)) {
      const of = nullable.ofType;
      return this.#inHundred(10)
        ? this.#value(of, place)
        : Array.from({ length: this.#choose(4) }, () => this.#value(of, place));
    }
    if (isEnumType(nullable)) {
      const right = this.#one(nullable.getValues()).name;
      return this.#wrong()
        ? this.#one<unknown>([right, 1, new EnumValue("NOTHING"), right.toLowerCase()])
        : new EnumValue(right);
    }
    if (isInputObjectType(nullable)) return this.#object(nullable, place.field);
    const { right, wrong = [] } = this.#options.valuesOf(nullable.name, place.name, place.field);
    if (!this.#wrong()) return this.#one(right);
    return this.#one(this.#inHundred(70) && wrong.length > 0 ? wrong : [1, "x", true, [], {}, 1.5, null, ""]);
  }

  #isSent({ name, type }: GraphQLInputField): boolean {
    if (this.#options.required?.includes(name)) return true;
    return isNonNullType(type) ? !this.#wrong() : this.#inHundred(30);
  }

  #object(type: GraphQLInputObjectType, place: string): unknown {
    const fields = Object.values(type.getFields());
    const chosen = type.isOneOf
      ? [this.#one(fields), ...(this.#wrong() ? [this.#one(fields)] : [])]
      : fields.filter((field) => this.#isSent(field));
    const entries = chosen.map(({ name, type: of }) => [
      name,
      // The one of several may not be null.
      this.#value(type.isOneOf && !isNonNullType(of) ? new GraphQLNonNull(of) : of, { name, field: place }),
    ]);
    return Object.fromEntries(this.#wrong() ? [...entries, ["unknown", 1]] : entries);
  }
}

function toLiteral(value: unknown): string {
  if (value instanceof EnumValue) return value.name;
  if (Array.isArray(value)) return `[${value.map(toLiteral).join(" ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, item]) => `${key}: ${toLiteral(item)}`)
      .join(" ")} }`;
  }
  return JSON.stringify(value);
}

function toJson(value: unknown): unknown {
  if (value instanceof EnumValue) return value.name;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
  return value;
}
