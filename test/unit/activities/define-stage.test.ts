import { expect, test } from 'vitest';
import { defineStage, z } from '../../../src/index.js';

test('gives a stage function its version and its schemas', () => {
  const stage = defineStage({ name: 'load', run: () => null });
  expect(stage).toMatchObject({ name: 'load', version: '1' });
  expect(stage.params.safeParse({}).success).toBe(true);
  expect(stage.params.safeParse({ more: 1 }).success).toBe(false);
});

test('types the params of the function by their schema', () => {
  const stage = defineStage({
    name: 'count',
    params: z.object({ rows: z.number().default(3) }),
    output: z.object({ rows: z.number() }),
    run: ({ params }) => ({ rows: params.rows + 1 }),
  });
  expect(stage.params.parse({})).toEqual({ rows: 3 });
});

test.each(['', 'a b', '-a', 'ä', 'sluice.run', 'x'.repeat(201)])('refuses the name "%s" at once', (name) => {
  expect(() => defineStage({ name, run: () => null })).toThrow(/cannot be named/);
});
