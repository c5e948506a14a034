import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { defineStage, z } from '../../src/index.js';
import { compiled, type DevProject, startDevProject } from '../support/dev-project.js';

const ITEMS = 8;
/** Items from here on hang as long as they are not let go. */
const DONE = 5;
const calls: string[] = [];
let isOpen = false;

const work = defineStage({
  name: 'work',
  params: z.object({ of: z.string(), n: z.number() }),
  run: async ({ params, ctx }) => {
    if (params.n >= DONE && !isOpen) {
      await new Promise((_, reject) => {
        ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason as Error));
      });
    }
    calls.push(`${params.of} ${params.n}`);
    return params.n * 2;
  },
});
/** Items of pages run in workflows of their own. */
const pages = defineStage({
  name: 'pages',
  params: z.object({ cursor: z.number().nullable() }),
  run: ({ params: { cursor } }) => ({
    items: Array.from({ length: ITEMS / 2 }, (_, n) => n + (cursor ?? 0)),
    next: cursor === null ? ITEMS / 2 : null,
  }),
});

let project: DevProject;
beforeAll(async () => {
  project = await startDevProject({ stages: [work, pages] });
});
afterAll(() => project?.close());

async function completedActivities(): Promise<number> {
  const { workflow } = project.server.client;
  let completed = 0;
  for await (const { workflowId } of workflow.list()) {
    const { events } = await workflow.getHandle(workflowId).fetchHistory();
    completed += events?.filter((event) => event.activityTaskCompletedEventAttributes).length ?? 0;
  }
  return completed;
}

test('what the items of maps have done outlives the termination of their run', async () => {
  const each = (id: string, over: object) => ({
    id,
    uses: 'work',
    with: { of: id, n: '${{ item }}' },
    map: { over, max_concurrency: 4 },
  });
  const plan = compiled({
    name: 'cut',
    stages: [each('small', { range: ITEMS }), each('large', { uses: 'pages' })],
  });
  const run = await project.client.start(plan);
  await vi.waitFor(
    async () => {
      expect(calls).toHaveLength(2 * DONE);
      // What a worker has done counts once the run has been told.
      expect((await run.status()).stages['small']?.items?.succeeded).toBe(DONE);
      expect(await completedActivities()).toBe(2 * DONE + 2);
    },
    { timeout: 30_000, interval: 100 },
  );
  await project.server.client.workflow.getHandle(run.workflowId).terminate();
  await run.result();
  calls.length = 0;
  isOpen = true;
  const next = await project.client.begin(await project.client.plan('resume', run));
  const result = await next.result();
  expect(calls.toSorted()).toEqual(['large 5', 'large 6', 'large 7', 'small 5', 'small 6', 'small 7']);
  const output = Array.from({ length: ITEMS }, (_, n) => n * 2);
  expect(result.stages).toMatchObject({
    small: { status: 'succeeded', output, items: { reused: DONE, succeeded: 3 } },
    large: { status: 'succeeded', output, items: { reused: DONE, succeeded: 3 } },
  });
});
