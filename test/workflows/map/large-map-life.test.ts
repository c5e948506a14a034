import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunStatus } from '../../../src/engine/result.js';
import type { StageOutcome } from '../../../src/engine/stage-record.js';
import type { Json, JsonObject } from '../../../src/shared/json.js';
import { aMappedStage } from '../../support/a-map.js';
import { aPlan } from '../../support/a-plan.js';
import { resultOf } from '../../support/result-of.js';
import { WorkflowRig } from '../../support/workflow-rig.js';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
let calls: number[] = [];
const bad = new Set<number>();
let rig: WorkflowRig;

beforeAll(async () => {
  rig = await WorkflowRig.create({
    double: ({ params }) => {
      const n = Number((params as JsonObject)['n']);
      if (bad.has(n)) throw ApplicationFailure.nonRetryable(`${n} is bad`, 'Bad');
      calls.push(n);
      return { output: n * 2, metrics: { rows: 1 } };
    },
    'sluice.map_page': ({ params }) => {
      const cursor = Number((params as JsonObject)['cursor'] ?? 0);
      const items = numbers(7).map((n) => cursor * 7 + n);
      return { output: { items, next: cursor === 6 ? null : cursor + 1 } };
    },
  });
});
afterAll(() => rig.close());
beforeEach(() => {
  calls = [];
  bad.clear();
});

describe('a large map whose coordinator goes on in new histories', () => {
  const more = { map_limits: { inline: 4, shard: 5, history: 20 } };

  /** Where a coordinator came from that went on. */
  async function earlierHistory(handle: WorkflowHandle, stage: string): Promise<string> {
    const { events } = await rig.env.client.workflow
      .getHandle(`${handle.workflowId}/${stage}`)
      .fetchHistory();
    return events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
  }

  it.each([
    ['a range', { type: 'range', range: 49 } as const],
    ['pages', { type: 'pages', uses: 'pages', with: {} } as const],
  ])('loses, repeats and skips nothing of %s', async (_what, over) => {
    bad.add(11).add(30);
    const stage = aMappedStage('all', 'double', {
      over,
      on_item_failure: { max_failures: null, max_failure_ratio: null },
    });
    const handle = await rig.start(aPlan([stage]), { more });
    const result = await resultOf(handle);
    expect(await earlierHistory(handle, 'all')).not.toBe('');
    expect(calls.toSorted((a, b) => a - b)).toEqual(numbers(49).filter((n) => !bad.has(n)));
    expect(result.stages['all']).toMatchObject({
      status: 'succeeded',
      output: numbers(49).map((n) => (bad.has(n) ? null : n * 2)),
      metrics: { rows: 47 },
      items: { total: 49, succeeded: 47, failed: 2, failed_items: [{ index: 11 }, { index: 30 }] },
    });
  });

  it('counts failures of all histories against the limit', async () => {
    for (const n of [3, 23, 43]) bad.add(n);
    const stage = aMappedStage('all', 'double', {
      over: { type: 'range', range: 49 },
      max_concurrency: 1,
      on_item_failure: { max_failures: 2, max_failure_ratio: null },
    });
    const result = await rig.run(aPlan([stage]), { more });
    expect(result.stages['all']).toMatchObject({
      status: 'failed',
      items: {
        succeeded: 41,
        failed: 3,
        pending: 5,
        ledger: {
          done: [
            [0, 3],
            [4, 23],
            [24, 43],
          ],
        },
      },
    });
  });
});

describe('a large map with hold_on_failure', () => {
  const more = { map_limits: { inline: 4, shard: 5 } };
  const hold = { timeout_ms: null, on_timeout: 'fail' as const };
  const plan = aPlan([
    aMappedStage('all', 'double', { over: { type: 'range', range: 20 }, max_concurrency: 1 }, { hold }),
  ]);

  /** Waits, without letting time pass, until the stage is held. */
  async function untilHeld(handle: WorkflowHandle): Promise<RunStatus> {
    for (;;) {
      const status = await handle.query<RunStatus>('status');
      if (status.stages['all']?.status === 'held') return status;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('goes on with what was done when its run went on in a new history meanwhile', async () => {
    const since = new Date().toISOString();
    const outputs = numbers(15).map((n): Json => n * 2);
    const failure = {
      status: 'failed',
      attempts: 1,
      error: { type: 'Bad', message: 'item 15 failed', stage: 'all' },
      metrics: { rows: 15 },
      items: { ledger: { total: 20, done: [[0, 15]], failed: [[15, 16]], outputs } },
    } as unknown as StageOutcome;
    const wait = { failure, attempts: 1, decisions: [], held_at: since } as unknown as Json;
    const open = [{ id: 'all', status: 'held' as const, started_at: since, wait }];
    const carried = { started_at: since, ended: [], state: {}, metrics: {}, notes: [], stopped: null, open };
    const handle = await rig.start(plan, { more: { ...more, carried } });
    await untilHeld(handle);
    await handle.executeUpdate('retry_stage', { args: [{ by: 'ada', stage: 'all' }] });
    const result = await resultOf(handle);
    expect(calls).toEqual([15, 16, 17, 18, 19]);
    expect(result.stages['all']).toMatchObject({
      status: 'succeeded',
      attempts: 2,
      output: numbers(20).map((n) => n * 2),
      items: { reused: 15, succeeded: 5 },
    });
  });
});
