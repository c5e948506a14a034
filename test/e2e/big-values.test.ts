import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SluiceClient } from '../../src/client/index.js';
import { defineStage, z } from '../../src/index.js';
import { compiled, type DevProject, startDevProject } from '../support/dev-project.js';

const SIZE = 50_000_000;

const make = defineStage({
  name: 'make',
  params: z.object({ size: z.number() }),
  run: ({ params }) => 'x'.repeat(params.size),
});
const pass = defineStage({
  name: 'pass',
  params: z.object({ value: z.string(), stage: z.number() }),
  run: ({ params, ctx }) => {
    ctx.metrics.add('bytes', params.value.length);
    return params.value;
  },
});

let project: DevProject;
let client: SluiceClient;

beforeAll(async () => {
  project = await startDevProject({ stages: [make, pass] });
  ({ client } = project);
});
afterAll(async () => {
  await project?.close();
});

test('a value of 50 MB goes through a chain of ten stages', async () => {
  const stages = Array.from({ length: 9 }, (_, index) => ({
    id: `s${index + 1}`,
    uses: 'pass',
    with: { value: `\${{ stages.s${index}.output }}`, stage: index },
  }));
  const definition = {
    name: 'chain',
    stages: [{ id: 's0', uses: 'make', with: { size: SIZE } }, ...stages],
    outputs: { size: '${{ size(stages.s9.output) }}' },
  };
  const plan = compiled(definition);
  const run = await client.start(plan);
  const result = await run.result();
  expect(result.error).toBeNull();
  expect(result).toMatchObject({ status: 'succeeded', outputs: { size: SIZE } });
  expect(result.metrics['bytes']).toBe(9 * SIZE);
  const { output, output_ref } = result.stages['s9'] ?? {};
  expect(output).toHaveLength(SIZE);
  expect(output_ref).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), size_bytes: SIZE + 2 });
  const named = await run.result({ outputs: false });
  expect(named.stages['s9']).toMatchObject({ output: null, output_ref });
});
