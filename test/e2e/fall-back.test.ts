import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SluiceClient } from '../../src/client/index.js';
import { defineStage, z } from '../../src/index.js';
import type { RunResult } from '../../src/engine/result.js';
import { compiled, type DevProject, startDevProject } from '../support/dev-project.js';

let isSourceDown = false;
const load = defineStage({
  name: 'load',
  params: z.object({ day: z.number() }),
  output: z.object({ day: z.number(), prices: z.array(z.number()) }),
  run: ({ params }) => {
    if (isSourceDown) throw new Error('the source is down');
    // Large enough for the store.
    return { day: params.day, prices: Array.from({ length: 100_000 }, (_, index) => index) };
  },
});

let project: DevProject;
let client: SluiceClient;

beforeAll(async () => {
  project = await startDevProject({ stages: [load] });
  ({ client } = project);
});
afterAll(async () => {
  await project?.close();
});

async function run(pipeline: string, day: number, maxAge: string): Promise<RunResult> {
  const definition = {
    name: pipeline,
    inputs: { day: { type: 'integer', required: true } },
    stages: [
      {
        id: 'load',
        uses: 'load',
        with: { day: '${{ inputs.day }}' },
        retry: { max_attempts: 1 },
        fallback: { last_success: { max_age: maxAge } },
      },
      { id: 'size', set: { output: '${{ size(stages.load.output.prices) }}' } },
    ],
  };
  const plan = compiled(definition);
  const handle = await client.start(plan, { inputs: { day } });
  return handle.result();
}

test('a stage out of attempts takes the output of the newest run in which it succeeded', async () => {
  await run('prices', 1, '1h');
  const second = await run('prices', 2, '1h');
  isSourceDown = true;
  // What ended a moment ago may not be listed yet.
  await expect
    .poll(async () => (await run('prices', 3, '1h')).stages['load']?.reused_from, { timeout: 20_000 })
    .toBe(second.workflow_id);
  const third = await run('prices', 4, '1h');
  expect(third).toMatchObject({ status: 'succeeded', partial: true });
  expect(third.stages['load']).toMatchObject({ status: 'reused', fallback: 'last_success' });
  expect(third.stages['load']?.output).toMatchObject({ day: 2 });
  expect(third.stages['size']?.output).toBe(100_000);
});

test('a success that is too old, or of another pipeline, is not taken', async () => {
  isSourceDown = true;
  const old = await run('prices', 5, '0.001s');
  expect(old).toMatchObject({ status: 'failed', failed_stages: ['load'] });
  expect(old.error?.message).toMatch(
    /the source is down; its fallback also failed: Stage "load" of "prices" has not succeeded in the last 1ms/,
  );
  const other = await run('other', 1, '1h');
  expect(other.error?.message).toContain('of "other" has not succeeded');
});
