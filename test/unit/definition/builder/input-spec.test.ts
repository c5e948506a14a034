import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { inputSpecs } from '../../../../src/definition/builder/input-spec.js';
import { inputViolations } from '../../../../src/engine/check-inputs.js';
import type { InputSpec } from '../../../../src/engine/plan.js';
import type { Json } from '../../../../src/shared/json.js';

const specOf = (schema: z.ZodType): unknown => inputSpecs({ it: schema })['it'];

describe('an input given as a zod schema', () => {
  it.each<[z.ZodType, object]>([
    [z.string(), { type: 'string', required: true }],
    [z.string().optional(), { type: 'string' }],
    [z.string().min(2).max(9), { type: 'string', required: true, min_length: 2, max_length: 9 }],
    [z.string().regex(/^a+$/), { type: 'string', required: true, pattern: '^a+$' }],
    [z.int(), { type: 'integer', required: true }],
    [z.number().int().default(3), { type: 'integer', default: 3 }],
    [z.int().min(1).max(5), { type: 'integer', required: true, minimum: 1, maximum: 5 }],
    [
      z.number().gt(0).lt(1).multipleOf(0.1),
      { type: 'number', required: true, exclusive_minimum: 0, exclusive_maximum: 1, multiple_of: 0.1 },
    ],
    [z.boolean().default(true).describe('on?'), { type: 'boolean', default: true, description: 'on?' }],
    [z.iso.date(), { type: 'date', required: true }],
    [z.enum(['a', 'b']), { type: 'string', required: true, enum: ['a', 'b'] }],
    [z.literal('x'), { type: 'string', required: true, enum: ['x'] }],
    [z.array(z.string()).min(1).max(2), { type: 'list', required: true, min_items: 1, max_items: 2 }],
    [z.object({ a: z.string() }), { type: 'object', required: true }],
    [z.record(z.string(), z.number()).readonly(), { type: 'object', required: true }],
  ])('%# becomes what a definition says', (schema, spec) => {
    expect(specOf(schema)).toEqual(spec);
  });

  it('of an e-mail address or an instant is a text with their pattern', () => {
    const spec = inputSpecs({ mail: z.email(), at: z.iso.datetime() }) as Record<string, unknown>;
    const accepts = (name: string, value: Json): boolean =>
      inputViolations(spec[name] as InputSpec, value).length === 0;
    expect([accepts('mail', 'a@b.org'), accepts('mail', 'a')]).toEqual([true, false]);
    expect([accepts('at', '2026-01-31T00:00:00Z'), accepts('at', '2026-01-31')]).toEqual([true, false]);
  });

  it.each<[z.ZodType, string]>([
    [
      z.string().refine((text) => text.length > 1),
      'has a check of its own (`refine` and the like), which a definition cannot hold',
    ],
    [z.string().trim(), 'has a transformation'],
    [z.coerce.number(), 'has a transformation'],
    [z.string().transform(Number), 'has a transformation'],
    [z.string().nullable(), 'has null among its values'],
    [z.url(), 'has the format "uri"'],
    [z.string().regex(/a/i), 'has a pattern with flags'],
    [z.string().startsWith('a').endsWith('b'), 'has several patterns'],
    [z.union([z.string(), z.number()]), 'has none of the types that a definition knows: string, integer,'],
    [z.unknown(), 'has none of the types'],
    [z.date(), 'cannot be a part of a definition: Date cannot be represented'],
  ])('%# is refused when a run would be given what the schema does not take', (schema, message) => {
    expect(() => specOf(schema)).toThrow(TypeError);
    expect(() => specOf(schema)).toThrow(`The input "it" ${message}`);
  });
});
