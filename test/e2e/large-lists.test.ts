import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineStage, z } from '../../src/index.js';
import { compiled, type DevProject, startDevProject } from '../support/dev-project.js';

/** Temporal refuses payloads of more than 2 MB. */
const ITEM_BYTES = 60_000;
const ITEMS = 60;

const text = defineStage({
  name: 'text',
  params: z.object({ index: z.number() }),
  run: ({ params }) => String(params.index % 10).repeat(ITEM_BYTES),
});
/** Items of pages run in workflows of their own. */
const pages = defineStage({
  name: 'pages',
  params: z.object({ cursor: z.number().nullable() }),
  run: ({ params }) => ({
    items: Array.from({ length: ITEMS / 2 }, (_, index) => index),
    next: params.cursor === null ? 1 : null,
  }),
});
const total = defineStage({
  name: 'total',
  params: z.object({ lists: z.array(z.array(z.string())) }),
  run: ({ params }) => params.lists.flat().reduce((sum, each) => sum + each.length, 0),
});

let project: DevProject;
beforeAll(async () => {
  project = await startDevProject({ stages: [text, pages, total] });
});
afterAll(() => project?.close());

test('lists of maps that are larger than a payload go through sets, items and other stages', async () => {
  const each = (id: string, over: object) => ({
    id,
    uses: 'text',
    with: { index: '${{ item }}' },
    map: { over },
  });
  const definition = {
    name: 'large-lists',
    stages: [
      each('small', { range: ITEMS }),
      each('large', { uses: 'pages' }),
      {
        id: 'both',
        set: { output: { lists: ['${{ stages.small.output }}', '${{ stages.large.output }}'] } },
      },
      { id: 'sum', uses: 'total', with: { lists: '${{ stages.both.output.lists }}' } },
      {
        id: 'lengths',
        set: { output: '${{ size(item) }}' },
        map: { over: '${{ stages.large.output }}' },
      },
    ],
    outputs: { sum: '${{ stages.sum.output }}', lengths: '${{ stages.lengths.output }}' },
  };
  const run = await project.client.start(compiled(definition));
  const result = await run.result();
  expect(result.error).toBeNull();
  expect(result.outputs).toEqual({
    sum: 2 * ITEMS * ITEM_BYTES,
    lengths: Array.from({ length: ITEMS }, () => ITEM_BYTES),
  });
  expect(result.stages['large']?.output).toHaveLength(ITEMS);
});
