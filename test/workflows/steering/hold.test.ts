import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StagePlan } from '../../../src/engine/plan.js';
import type { RunStatus } from '../../../src/engine/result.js';
import type { JsonObject } from '../../../src/shared/json.js';
import { aPlan, aStage } from '../../support/a-plan.js';
import { resultOf } from '../../support/result-of.js';
import { WorkflowRig } from '../../support/workflow-rig.js';

let rig: WorkflowRig;
/** What each call of the stage was given. */
let calls: JsonObject[] = [];

beforeAll(async () => {
  rig = await WorkflowRig.create({
    picky: ({ params }) => {
      calls.push(params as JsonObject);
      if ((params as JsonObject)['ok'] !== true) throw ApplicationFailure.nonRetryable('not ok', 'Picky');
      return { output: 'fine' };
    },
    echo: ({ params }) => ({ output: params }),
  });
});
afterAll(() => rig.close());

const DAY_MS = 86_400_000;

function held(id: string, overrides: Partial<StagePlan> = {}): StagePlan {
  return aStage(id, {
    action: { kind: 'uses', uses: 'picky', with: { ok: false, size: 1 } },
    hold: { timeout_ms: null, on_timeout: 'fail' },
    ...overrides,
  });
}

const after = (id: string, need: string): StagePlan =>
  aStage(id, {
    depends_on: [need],
    action: { kind: 'uses', uses: 'echo', with: { seen: `\${{ stages.${need}.output }}` } },
  });

/** Waits, without letting time pass, until a stage is held. */
async function untilHeld(handle: WorkflowHandle, stage: string): Promise<RunStatus> {
  for (;;) {
    const status = await handle.query<RunStatus>('status');
    if (status.stages[stage]?.status === 'held') return status;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a stage with hold_on_failure', () => {
  it('waits with its failure in sight, and runs again with other params when a person says so', async () => {
    calls = [];
    const handle = await rig.start(aPlan([held('load'), after('use', 'load')]));
    const status = await untilHeld(handle, 'load');
    expect(status.stages['load']).toMatchObject({
      status: 'held',
      attempts: 1,
      error: { type: 'Picky', message: 'not ok', stage: 'load' },
    });
    await handle.executeUpdate('retry_stage', {
      args: [{ by: 'ada', reason: 'the source is back', stage: 'load', params: { ok: true } }],
    });
    const result = await resultOf(handle);
    expect(calls).toEqual([
      { ok: false, size: 1 },
      { ok: true, size: 1 },
    ]);
    expect(result).toMatchObject({ status: 'succeeded', partial: false });
    expect(result.stages['load']).toMatchObject({
      status: 'succeeded',
      attempts: 2,
      decisions: [
        {
          decision: 'retry',
          by: 'ada',
          reason: 'the source is back',
          attempts: 1,
          params: { ok: true },
          error: { type: 'Picky' },
        },
      ],
    });
    expect(result.stages['use']?.output).toEqual({ seen: 'fine' });
  });

  it('is skipped with the output that a person gives', async () => {
    const handle = await rig.start(aPlan([held('load'), after('use', 'load')]));
    await untilHeld(handle, 'load');
    await handle.executeUpdate('skip_stage', { args: [{ by: 'ada', stage: 'load', output: [1, 2] }] });
    const result = await resultOf(handle);
    expect(result).toMatchObject({ status: 'succeeded', partial: true, skipped_stages: ['load'] });
    expect(result.stages['load']).toMatchObject({
      status: 'skipped',
      skip_reason: 'operator',
      output: [1, 2],
    });
    expect(result.stages['use']?.output).toEqual({ seen: [1, 2] });
  });

  it('fails when a person says so, and only then stops the run', async () => {
    const nap = aStage('nap', { action: { kind: 'sleep', duration: 1_000 } });
    const handle = await rig.start(aPlan([held('load'), nap, after('use', 'load')]));
    await untilHeld(handle, 'load');
    await rig.env.sleep(2_000);
    expect((await handle.query<RunStatus>('status')).stages['nap']?.status).toBe('succeeded');
    await handle.executeUpdate('fail_stage', { args: [{ by: 'ada', reason: 'no use', stage: 'load' }] });
    const result = await resultOf(handle);
    expect(result).toMatchObject({ status: 'failed', error: { stage: 'load', type: 'Picky' } });
    expect(result.stages['use']).toMatchObject({ status: 'skipped', skip_reason: 'upstream' });
  });

  it.each([
    ['fail', 'failed', 'failed'],
    ['skip', 'skipped', 'succeeded'],
  ] as const)(
    'takes the end that its timeout gives after days without a decision: %s',
    async (on_timeout, stage, run) => {
      const result = await rig.run(aPlan([held('load', { hold: { timeout_ms: 3 * DAY_MS, on_timeout } })]));
      expect(result.status).toBe(run);
      expect(result.stages['load']).toMatchObject({
        status: stage,
        decisions: [{ decision: on_timeout, by: null, reason: 'nobody decided in time', attempts: 1 }],
      });
      expect(result.total_duration_ms).toBeGreaterThanOrEqual(3 * DAY_MS);
    },
  );

  it('is held again when the retry fails, and counts the attempts of all tries', async () => {
    const handle = await rig.start(
      aPlan([held('load', { hold: { timeout_ms: DAY_MS, on_timeout: 'fail' } })]),
    );
    await untilHeld(handle, 'load');
    await handle.executeUpdate('retry_stage', { args: [{ by: 'ada', stage: 'load' }] });
    const result = await resultOf(handle);
    expect(result.stages['load']).toMatchObject({
      status: 'failed',
      attempts: 2,
      decisions: [
        { decision: 'retry', by: 'ada', attempts: 1 },
        { decision: 'fail', by: null, attempts: 2 },
      ],
    });
  });

  it('takes no slot while it is held', async () => {
    const plan = aPlan([held('load'), aStage('side', { action: { kind: 'set', output: 1, state: {} } })], {
      max_parallel_stages: 1,
    });
    const handle = await rig.start(plan);
    const status = await untilHeld(handle, 'load');
    expect(status.stages['side']?.status).toBe('succeeded');
    await handle.executeUpdate('skip_stage', { args: [{ by: 'ada', stage: 'load' }] });
    expect((await resultOf(handle)).status).toBe('succeeded');
  });

  it.each(['cancel', 'cancel after the wave'])(
    'does not keep a run alive that is stopped: %s',
    async (how) => {
      const handle = await rig.start(aPlan([held('load')]));
      await untilHeld(handle, 'load');
      await handle.signal('cancel', { by: 'ada', reason: 'enough', after_wave: how !== 'cancel' });
      const result = await resultOf(handle);
      expect(result).toMatchObject({ status: 'cancelled', amendments: [{ what: 'cancelled', by: 'ada' }] });
      expect(result.stages['load']).toMatchObject({ status: 'failed', error: { type: 'Picky' } });
    },
  );
});
