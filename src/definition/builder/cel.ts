import {
  BINDS,
  type CelText,
  celTextOf,
  createRef,
  type Expr,
  fieldOf,
  operand,
  type Ref,
  type Widened,
} from './expr.js';
import { toCel } from './literal.js';

/** A value in an expression: known now, or only when the pipeline runs. */
type Value<T> = T | Expr<T>;

/** What may be compared with a `T`: one that could be equal to it. */
type Other<T> = Value<NoInfer<T>> | Expr<Widened<T>>;

type Ordered = number | string;
type Condition = Value<boolean>;
type List<T> = Expr<readonly T[]>;

/**
 * CEL written by hand: `` cel<number>`size(${rows}) / 2` ``. What is put in becomes a name or a literal, and escapes such as
 * `\n` are CEL's own. The type is what you say it is.
 */
function raw<T = unknown>(strings: TemplateStringsArray, ...values: readonly unknown[]): Ref<T> {
  const text = strings.raw.reduce(
    (all, next, i) => `${all}${operand(toCel(values[i - 1]), BINDS.atom)}${next}`,
  );
  const [first] = values;
  const isAlone = values.length === 1 && strings.every((string) => string.trim() === '');
  return createRef(isAlone ? toCel(first) : written(text.trim()));
}

/** A text with values in it that only a run knows, as a template string would give it. */
function text(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | boolean | Expr<unknown>)[]
): string {
  return strings.reduce((all, next, i) => `${all}${String(values[i - 1])}${next}`);
}

/** A plain name such as `run.id` needs no brackets. */
function written(text: string): CelText {
  return { text, binds: /^[A-Za-z_][\w.]*$/.test(text) ? BINDS.atom : BINDS.raw };
}

/** Makes expressions of values that only a run knows; also a tag for {@link raw} CEL. */
export const cel = Object.assign(raw, {
  text,

  eq: <T>(a: Expr<T>, b: Other<T> | null): Expr<boolean> => infix('==', BINDS.relation, [a, b]),
  ne: <T>(a: Expr<T>, b: Other<T> | null): Expr<boolean> => infix('!=', BINDS.relation, [a, b]),
  lt: <T extends Ordered>(a: Expr<T>, b: Value<Widened<T>>): Expr<boolean> =>
    infix('<', BINDS.relation, [a, b]),
  le: <T extends Ordered>(a: Expr<T>, b: Value<Widened<T>>): Expr<boolean> =>
    infix('<=', BINDS.relation, [a, b]),
  gt: <T extends Ordered>(a: Expr<T>, b: Value<Widened<T>>): Expr<boolean> =>
    infix('>', BINDS.relation, [a, b]),
  ge: <T extends Ordered>(a: Expr<T>, b: Value<Widened<T>>): Expr<boolean> =>
    infix('>=', BINDS.relation, [a, b]),
  in: <T>(value: Value<NoInfer<T>>, list: List<T> | readonly Value<T>[]): Expr<boolean> =>
    infix('in', BINDS.relation, [value, list]),

  and: (...conditions: readonly [Condition, ...Condition[]]): Expr<boolean> =>
    infix('&&', BINDS.and, conditions),
  or: (...conditions: readonly [Condition, ...Condition[]]): Expr<boolean> =>
    infix('||', BINDS.or, conditions),
  not: (condition: Expr<boolean>): Expr<boolean> =>
    createRef({ text: `!${operand(toCel(condition), BINDS.unary)}`, binds: BINDS.unary }),
  if: <A, B>(condition: Expr<boolean>, then: Value<A>, otherwise: Value<B>): Ref<Widened<A> | Widened<B>> =>
    conditional(operand(toCel(condition), BINDS.or), then, otherwise),

  add: (...terms: readonly [Value<number>, ...Value<number>[]]): Expr<number> => infix('+', BINDS.sum, terms),
  sub: (a: Value<number>, b: Value<number>): Expr<number> => infix('-', BINDS.sum, [a, b]),
  mul: (...factors: readonly [Value<number>, ...Value<number>[]]): Expr<number> =>
    infix('*', BINDS.product, factors),
  div: (a: Value<number>, b: Value<number>): Expr<number> => infix('/', BINDS.product, [a, b]),
  mod: (a: Value<number>, b: Value<number>): Expr<number> => infix('%', BINDS.product, [a, b]),

  /** How many elements, keys or characters. */
  size: (of: Expr<string | readonly unknown[] | object>): Expr<number> => apply('size', [of]),
  at: elementAt,
  all: <T>(list: List<T>, holds: (item: Ref<T>) => Condition): Expr<boolean> => macro('all', list, holds),
  exists: <T>(list: List<T>, holds: (item: Ref<T>) => Condition): Expr<boolean> =>
    macro('exists', list, holds),
  filter: <T>(list: List<T>, holds: (item: Ref<T>) => Condition): Ref<T[]> => macro('filter', list, holds),
  map: <T, U>(list: List<T>, make: (item: Ref<T>) => Value<U>): Ref<Widened<U>[]> => macro('map', list, make),

  /** Whether a field is there. */
  has: (field: Expr<unknown>): Expr<boolean> => createRef({ text: hasText(field), binds: BINDS.atom }),
  /** The value, or another one where it is null or not there. */
  orElse: <T, U>(value: Expr<T>, other: Value<U>): Ref<NonNullable<T> | Widened<U>> => {
    const known = operand(toCel(value), BINDS.sum);
    const isThere = celTextOf(value)?.field === undefined ? '' : `${hasText(value)} && `;
    return conditional(`${isThere}${known} != null`, value, other);
  },
  /** The same value for the compiler without null: you know that it is there. */
  present: <T>(value: Expr<T>): Ref<NonNullable<T>> => createRef(toCel(value)),

  contains: (text: Expr<string>, part: Value<string>): Expr<boolean> => method(text, 'contains', [part]),
  startsWith: (text: Expr<string>, start: Value<string>): Expr<boolean> =>
    method(text, 'startsWith', [start]),
  endsWith: (text: Expr<string>, end: Value<string>): Expr<boolean> => method(text, 'endsWith', [end]),
  /** Whether a JavaScript regular expression is found in it. */
  matches: (text: Expr<string>, pattern: Value<string>): Expr<boolean> => method(text, 'matches', [pattern]),
  lowerAscii: (text: Expr<string>): Expr<string> => method(text, 'lowerAscii', []),
  upperAscii: (text: Expr<string>): Expr<string> => method(text, 'upperAscii', []),
  trim: (text: Expr<string>): Expr<string> => method(text, 'trim', []),
  split: (text: Expr<string>, separator: Value<string>): Ref<string[]> => method(text, 'split', [separator]),
  join: (list: List<string>, separator: Value<string>): Expr<string> => method(list, 'join', [separator]),
  string: (value: Expr<unknown>): Expr<string> => apply('string', [value]),
});

function infix<T>(operator: string, binds: number, values: readonly unknown[]): Ref<T> {
  const [first, ...rest] = values.map(toCel);
  if (first === undefined) throw new TypeError(`\`${operator}\` needs something to work on.`);
  if (rest.length === 0) return createRef(first);
  // All group from the left: to the right of `-` or `==` the same operator needs brackets. Relations need them on both
  // sides, for readers.
  const left = binds === BINDS.relation ? binds + 1 : binds;
  const texts = [operand(first, left), ...rest.map((each) => operand(each, binds + 1))];
  return createRef({ text: texts.join(` ${operator} `), binds });
}

function conditional<T>(condition: string, then: unknown, otherwise: unknown): Ref<T> {
  const branches = [then, otherwise].map((branch) => operand(toCel(branch), BINDS.or));
  return createRef({ text: `${condition} ? ${branches.join(' : ')}`, binds: BINDS.conditional });
}

function apply<T>(name: string, values: readonly unknown[]): Ref<T> {
  return createRef({ text: `${name}(${argumentList(values)})`, binds: BINDS.atom });
}

function method<T>(target: unknown, name: string, values: readonly unknown[]): Ref<T> {
  const text = `${operand(toCel(target), BINDS.atom)}.${name}(${argumentList(values)})`;
  return createRef({ text, binds: BINDS.atom });
}

function argumentList(values: readonly unknown[]): string {
  return values.map((value) => operand(toCel(value), BINDS.conditional)).join(', ');
}

let depth = 0;

/** Gives the variable a name that no macro around it has. */
function macro<T, R>(name: string, list: Expr<unknown>, body: (item: Ref<T>) => unknown): Ref<R> {
  const variable = depth === 0 ? 'it' : `it${depth + 1}`;
  depth += 1;
  try {
    const inner = toCel(body(createRef({ text: variable, binds: BINDS.atom })));
    const target = operand(toCel(list), BINDS.atom);
    return createRef({
      text: `${target}.${name}(${variable}, ${operand(inner, BINDS.conditional)})`,
      binds: BINDS.atom,
    });
  } finally {
    depth -= 1;
  }
}

function hasText(value: Expr<unknown>): string {
  const text = celTextOf(value);
  if (text?.field === undefined) {
    throw new TypeError(
      `cel.has needs a field such as \`output.name\`, got \`${text?.text ?? String(value)}\`. Ask for a key of an object with cel.in.`,
    );
  }
  return `has(${text.text})`;
}

function elementAt<T>(list: List<T>, index: Value<number>): Ref<T>;
function elementAt<T>(object: Expr<Readonly<Record<string, T>>>, key: Value<string>): Ref<T>;
function elementAt(owner: Expr<unknown>, key: Value<number | string>): Ref<unknown> {
  const text = toCel(owner);
  if (typeof key === 'string') return createRef(fieldOf(text, key));
  const inside = operand(toCel(key), BINDS.conditional);
  return createRef({ text: `${operand(text, BINDS.atom)}[${inside}]`, binds: BINDS.atom } satisfies CelText);
}
