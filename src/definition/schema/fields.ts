import { z } from 'zod';
import type { Json } from '../../shared/json.js';
import { hasExpression } from '../../expressions/inspect.js';
import { DURATION_FORM, DURATION_PATTERN, parseDuration } from '../../shared/duration.js';

/** Makes a schema's type errors say what is expected, as words that follow "must be". */
export function must(be: string): { error: (issue: { readonly code?: string }) => string | undefined } {
  return { error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : be) };
}

/** Marks messages about durations, which have their own problem code. */
export const DURATION_MESSAGE = DURATION_FORM;

const DURATION_EXAMPLES = { pattern: DURATION_PATTERN, minimum: 0, examples: ['90s', '1h30m', 'PT5M', 90] };

const durationValue = z.union([z.string(), z.number()], must(DURATION_MESSAGE));

export const duration = durationValue
  .refine((value) => parseDuration(value) !== null, must(DURATION_MESSAGE))
  .meta(DURATION_EXAMPLES);

const POSITIVE_DURATION = `${DURATION_FORM}, longer than 0`;

export const positiveDuration = durationValue
  .refine((value) => parseDuration(value) !== null, { ...must(DURATION_MESSAGE), abort: true })
  .refine((value) => parseDuration(value) !== 0, must(POSITIVE_DURATION))
  .meta(DURATION_EXAMPLES);

/** A positive duration, or an expression that gives one when the stage starts. */
export const lateDuration = durationValue
  .refine((value) => isLate(value) || parseDuration(value) !== null, {
    ...must(DURATION_MESSAGE),
    abort: true,
  })
  .refine((value) => isLate(value) || parseDuration(value) !== 0, must(POSITIVE_DURATION))
  .meta({ minimum: 0, examples: ['90s', '1h30m', '${{ inputs.soak }}'] });

function isLate(value: string | number): boolean {
  return typeof value === 'string' && hasExpression(value);
}

/** One whole `${{ CEL }}`. */
export const expression = z.string().regex(/^\$\{\{[^]*\}\}$/);

export const text = z.string(must('a string'));

export const flag = z.boolean(must('true or false'));

/** JSON whose strings may hold `${{ CEL }}`. */
export const template = z.unknown().transform((value) => value as Json);

export const scalar = z.union(
  [z.string(), z.number(), z.boolean()],
  must('a string, a number, or true or false'),
);

const ID = /^[A-Za-z0-9_-]{1,100}$/;
export const NAME = /^[a-z0-9][a-z0-9-]{0,99}$/;
export const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const ID_FORM = 'letters, digits, "_" and "-", at most 100';

export const id = z.string(must(`an ID: ${ID_FORM}`)).regex(ID, must(`an ID: ${ID_FORM}`));

export const idKey = z.string().regex(ID, must(`a name of ${ID_FORM}`));

export function integer(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): z.ZodNumber {
  const range =
    maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  const words = must(`a whole number ${range}`);
  const base = z.int(words).min(minimum, words);
  return maximum === Number.MAX_SAFE_INTEGER ? base : base.max(maximum, words);
}

export function number(): z.ZodNumber {
  return z.number(must('a number'));
}

export function list<T extends z.ZodType>(item: T, of: string): z.ZodArray<T> {
  return z.array(item, must(`a list of ${of}`));
}

export function record<T extends z.ZodType>(value: T, of: string): z.ZodRecord<z.ZodString, T> {
  return z.record(z.string(), value, must(`an object of ${of}`));
}

export function choice<const T extends readonly [string, ...string[]]>(
  values: T,
): z.ZodEnum<{ [K in T[number]]: K }> {
  return z.enum(values, must(`one of ${values.join(', ')}`)) as z.ZodEnum<{ [K in T[number]]: K }>;
}

export function object<T extends z.ZodRawShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  return z.strictObject(shape, must('an object'));
}
