import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunStatus } from '../../../src/engine/result.js';
import type { JsonObject } from '../../../src/shared/json.js';
import { aMappedStage } from '../../support/a-map.js';
import { aPlan } from '../../support/a-plan.js';
import { refusalOf } from '../../support/approvals.js';
import { resultOf } from '../../support/result-of.js';
import { WorkflowRig } from '../../support/workflow-rig.js';

let rig: WorkflowRig;
/** What each call was given, by item. */
const calls: JsonObject[] = [];

beforeAll(async () => {
  rig = await WorkflowRig.create({
    odd: ({ params }) => {
      const given = params as { readonly n: number; readonly fixed?: boolean };
      calls.push({ ...given });
      if (given.n % 2 === 1 && given.fixed !== true) throw ApplicationFailure.nonRetryable('odd', 'Odd');
      return { output: given.n * 10 };
    },
  });
});
afterAll(() => rig.close());

const ADA = { by: 'ada', stage: 'each' };

describe('items of a map with hold_on_failure', () => {
  it('wait one by one for a person, who has each tried again, skipped or failed', async () => {
    const each = aMappedStage(
      'each',
      'odd',
      { over: { type: 'range', range: 6 }, on_item_failure: { max_failures: 6, max_failure_ratio: null } },
      { hold: { timeout_ms: null, on_timeout: 'fail' } },
    );
    const handle = await rig.start(aPlan([each]));
    const decide = (update: string, message: object) =>
      handle.executeUpdate(update, { args: [{ ...ADA, ...message }] });
    await expect
      .poll(() => refusalOf(decide('fail_stage', { item: 0 })), { timeout: 30_000 })
      .toBe('Item 0 of stage "each" is not held. Items that are held: 1, 3, 5.');
    expect(await refusalOf(decide('retry_stage', {}))).toMatch(
      /^Stage "each" is not held: it is running\..*1, 3, 5\.$/,
    );
    expect(await refusalOf(decide('retry_stage', { item: -1 }))).toMatch(/^`item` must be the position/);
    await decide('retry_stage', { item: 1, params: { fixed: true } });
    await decide('skip_stage', { item: 3, output: 'skipped by hand', reason: 'known' });
    expect(await refusalOf(decide('skip_stage', { item: 3 }))).toContain('ada decided at');
    expect((await handle.query<RunStatus>('status')).stages['each']?.status).toBe('running');
    await decide('fail_stage', { item: 5 });
    const result = await resultOf(handle);
    expect(result).toMatchObject({ status: 'succeeded', partial: true });
    expect(result.stages['each']?.output).toEqual([0, 10, 20, 'skipped by hand', 40, null]);
    expect(result.stages['each']?.items).toMatchObject({
      succeeded: 4,
      skipped: 1,
      failed: 1,
      failed_items: [{ index: 5, error: { type: 'Odd' } }],
    });
    expect(calls.filter(({ n }) => n === 1)).toEqual([
      { n: 1, at: 1 },
      { n: 1, at: 1, fixed: true },
    ]);
    expect(calls.filter(({ n }) => n === 3)).toHaveLength(1);
  });

  it('end with their map when it fails by one that was given up', async () => {
    const each = aMappedStage(
      'each',
      'odd',
      { over: { type: 'range', range: 4 } },
      { hold: { timeout_ms: 48 * 3_600_000, on_timeout: 'skip' } },
    );
    const handle = await rig.start(aPlan([each]));
    const fail = (item: number) => handle.executeUpdate('fail_stage', { args: [{ ...ADA, item }] });
    await expect
      .poll(() => refusalOf(fail(0)), { timeout: 30_000 })
      .toBe('Item 0 of stage "each" is not held. Items that are held: 1, 3.');
    await fail(1);
    const { status, stages } = await resultOf(handle);
    expect(status).toBe('failed');
    expect(stages['each']).toMatchObject({ status: 'failed', items: { succeeded: 2, failed: 2 } });
  });

  it('are decided by their timeout when nobody does, each on its own', async () => {
    const each = aMappedStage(
      'each',
      'odd',
      { over: { type: 'range', range: 2 } },
      { hold: { timeout_ms: 48 * 3_600_000, on_timeout: 'skip' } },
    );
    const result = await rig.run(aPlan([each]));
    expect(result.stages['each']).toMatchObject({ status: 'succeeded', output: [0, null] });
    expect(result.total_duration_ms).toBeGreaterThanOrEqual(48 * 3_600_000);
  });
});
