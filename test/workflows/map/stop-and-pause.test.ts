import { Context } from '@temporalio/activity';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunStatus } from '../../../src/engine/result.js';
import { aMappedStage } from '../../support/a-map.js';
import { aPlan } from '../../support/a-plan.js';
import { resultOf } from '../../support/result-of.js';
import { WorkflowRig } from '../../support/workflow-rig.js';

/** Items that wait until the test lets them go. */
const waiting = new Map<number, () => void>();
const cancelled: number[] = [];
let rig: WorkflowRig;

beforeAll(async () => {
  rig = await WorkflowRig.createOnDevServer({
    hang: async (task) => {
      const context = Context.current();
      const index = task.item?.index ?? -1;
      const beat = setInterval(() => context.heartbeat(), 50);
      try {
        await Promise.race([new Promise<void>((resolve) => waiting.set(index, resolve)), context.cancelled]);
      } catch (error) {
        cancelled.push(index);
        throw error;
      } finally {
        clearInterval(beat);
        waiting.delete(index);
      }
      return { output: index };
    },
  });
});
afterAll(() => rig.close());
beforeEach(() => {
  cancelled.length = 0;
});

const until = (count: number): Promise<void> =>
  vi.waitFor(() => expect(waiting.size).toBe(count), { timeout: 20_000 });
const letGo = (): void => {
  for (const go of waiting.values()) go();
};

describe.each([
  ['in the workflow of its run', {}],
  ['in shards', { map_limits: { inline: 1, shard: 6 } }],
])('a map that runs %s', (_where, more) => {
  const plan = aPlan([
    aMappedStage('all', 'hang', { over: { type: 'range', range: 20 }, max_concurrency: 4 }),
  ]);

  it('passes a cancellation on to every item that runs, and starts no more', async () => {
    const handle = await rig.start(plan, { more });
    await until(4);
    await handle.cancel();
    const result = await resultOf(handle);
    expect(result).toMatchObject({ status: 'cancelled' });
    expect(result.stages['all']).toMatchObject({
      status: 'cancelled',
      items: { succeeded: 0, failed: 0, pending: 20 },
    });
    expect(cancelled).toHaveLength(4);
  });

  it('lets running items end when it is cancelled after the wave', async () => {
    const handle = await rig.start(plan, { more });
    await until(4);
    await handle.signal('cancel_after_wave');
    await vi.waitFor(async () => {
      expect((await handle.query<RunStatus>('status')).notes).toContain('cancelled after the wave');
    });
    // The signal may reach a shard after a few more items have started there.
    const pump = setInterval(letGo, 20);
    const result = await resultOf(handle);
    clearInterval(pump);
    const { items } = result.stages['all'] ?? {};
    expect(result.status).toBe('cancelled');
    expect(items?.succeeded).toBeGreaterThanOrEqual(4);
    expect(items?.ledger?.outputs).toHaveLength(items?.succeeded ?? -1);
  });

  it('starts no item while it is paused', async () => {
    const handle = await rig.start(plan, { more });
    await until(4);
    await handle.signal('pause', { by: 'anna' });
    await vi.waitFor(async () => {
      expect((await handle.query<RunStatus>('status')).paused).toMatchObject({ by: 'anna' });
    });
    await vi.waitFor(() => {
      letGo();
      expect(waiting.size).toBe(0);
    });
    await handle.signal('unpause', { by: 'anna' });
    const result = resultOf(handle);
    const pump = setInterval(letGo, 20);
    expect((await result).stages['all']).toMatchObject({
      status: 'succeeded',
      items: { total: 20, succeeded: 20 },
    });
    clearInterval(pump);
  });
});

it('a large map stays paused when its coordinator goes on in a new history', async () => {
  const stage = aMappedStage('all', 'hang', { over: { type: 'range', range: 12 }, max_concurrency: 4 });
  // Long as soon as the first shards run.
  const handle = await rig.start(aPlan([stage]), {
    more: { map_limits: { inline: 1, shard: 1, history: 12 } },
  });
  await until(4);
  await handle.signal('pause', { by: 'anna' });
  const coordinator = rig.env.client.workflow.getHandle(`${handle.workflowId}/all`);
  await vi.waitFor(async () => {
    const { events } = await coordinator.fetchHistory();
    expect(events?.filter((event) => event.workflowExecutionSignaledEventAttributes)).toHaveLength(1);
  });
  await vi.waitFor(
    async () => {
      letGo();
      const { events } = await coordinator.fetchHistory();
      expect(events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId).toBeTruthy();
      expect(events?.some((event) => event.workflowTaskCompletedEventAttributes)).toBe(true);
    },
    { timeout: 20_000 },
  );
  expect(waiting.size).toBe(0);
  await handle.signal('unpause', { by: 'anna' });
  const result = resultOf(handle);
  const pump = setInterval(letGo, 20);
  expect((await result).stages['all']).toMatchObject({ status: 'succeeded', items: { succeeded: 12 } });
  clearInterval(pump);
});
