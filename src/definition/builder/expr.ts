declare const valueType: unique symbol;

/**
 * Stands for a value of type `T` that only a run knows. In a text (`` `day ${value}` ``) it becomes the `${{ }}` of the
 * definition language.
 */
export interface Expr<out T> {
  readonly [valueType]: T;
  toString(): string;
}

/** An {@link Expr} whose fields can be named. */
export type Ref<T> = Expr<T> & Fields<T>;

/** Of a value of any type any field may be named. */
type Fields<T> = 0 extends 1 & T ? T : [T] extends [object] ? FieldsOf<T> : unknown;

type FieldsOf<T extends object> = T extends readonly unknown[]
  ? unknown
  : { readonly [K in keyof T as KnownKey<K>]-?: Ref<T[K]> };

/** Of an object with any names none is known, so `at` has to name them. */
type KnownKey<K> = K extends string ? (string extends K ? never : K) : never;

/** A value, or something in its place that a run makes it of; also in any part of it. */
export type Bindable<T> =
  | T
  | Expr<T>
  | (T extends readonly (infer I)[]
      ? readonly Bindable<I>[]
      : T extends object
        ? { readonly [K in keyof T]: Bindable<T[K]> }
        : never);

/** The type of the value that a {@link Bindable} becomes. */
export type Resolved<V> =
  V extends Expr<infer T>
    ? T
    : V extends readonly (infer I)[]
      ? Resolved<I>[]
      : V extends object
        ? { -readonly [K in keyof V]: Resolved<V[K]> }
        : Widened<V>;

/** The type that a literal is one of: what is fixed in one definition can be another value in the next one. */
export type Widened<V> = V extends string
  ? string
  : V extends number
    ? number
    : V extends boolean
      ? boolean
      : V;

/** How tightly CEL's operators bind, loosest first. */
export const BINDS = {
  raw: 0,
  conditional: 1,
  or: 2,
  and: 3,
  relation: 4,
  sum: 5,
  product: 6,
  unary: 7,
  atom: 8,
} as const;

/** What an {@link Expr} holds. */
export type CelText = {
  readonly text: string;
  /** One of {@link BINDS}. */
  readonly binds: number;
  /** The last step of a path that ends in a field. */
  readonly field?: { readonly owner: string; readonly name: string };
};

// Not an instance check: a definition file may come with a copy of this package of its own.
const CEL = Symbol.for('sluice.cel');
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** What a value stands for; null when it is no {@link Expr}. */
export function celTextOf(value: unknown): CelText | null {
  if (typeof value !== 'object' || value === null) return null;
  return (Reflect.get(value, CEL) as CelText | undefined) ?? null;
}

export function isExpr(value: unknown): value is Expr<unknown> {
  return celTextOf(value) !== null;
}

/** Makes an {@link Expr} whose fields are expressions again. */
export function createRef<T>(cel: CelText): Ref<T> {
  const print = (): string => `\${{ ${cel.text} }}`;
  return new Proxy(Object.freeze({}), {
    get: (_target, key) => {
      if (key === CEL) return cel;
      if (key === 'toString' || key === INSPECT) return print;
      if (key === Symbol.toPrimitive) return print;
      return typeof key === 'symbol' ? undefined : createRef(fieldOf(cel, key));
    },
    ownKeys: () => {
      throw new TypeError(
        `\`${cel.text}\` is known only when the pipeline runs, so it cannot be spread or looped over here; name its fields, or use cel.map.`,
      );
    },
  }) as Ref<T>;
}

/** A name that needs no quotes; words of CEL do. */
const PLAIN_NAME = /^[A-Za-z_]\w*$/;
const WORDS = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** `owner.name`, or `owner["name"]` where the name is no plain one. */
export function fieldOf(owner: CelText, name: string): CelText {
  const text = operand(owner, BINDS.atom);
  if (!PLAIN_NAME.test(name) || WORDS.has(name)) {
    return { text: `${text}[${JSON.stringify(name)}]`, binds: BINDS.atom };
  }
  return { text: `${text}.${name}`, binds: BINDS.atom, field: { owner: text, name } };
}

/** The text as a part of something that binds as tightly as `binds`. */
export function operand(cel: CelText, binds: number): string {
  return cel.binds < binds ? `(${cel.text})` : cel.text;
}
