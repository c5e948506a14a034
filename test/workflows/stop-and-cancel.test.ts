import { afterEach, describe, expect, it } from 'vitest';
import type { StagePlan } from '../../src/engine/plan.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { controlledStage } from '../support/controlled-stage.js';
import { resultOf } from '../support/result-of.js';
import { WorkflowRig } from '../support/workflow-rig.js';
import { ApplicationFailure } from '@temporalio/common';

// An activity that was cancelled keeps the test server's clock locked, so each test here has a server of its own.
let rig: WorkflowRig | null = null;
afterEach(async () => {
  await rig?.close();
  rig = null;
});

const uses = (id: string, name: string, overrides: Partial<StagePlan> = {}): StagePlan =>
  aStage(id, { action: { kind: 'uses', uses: name, with: {} }, ...overrides });

describe('a run that is stopped', () => {
  it('cancels running stages on a failure under fail_fast and starts no others', async () => {
    const stage = controlledStage();
    rig = await WorkflowRig.create({
      hang: stage.hang,
      fail: async () => {
        await stage.arrival('slow');
        throw ApplicationFailure.nonRetryable('broken', 'Broken');
      },
      echo: () => ({ output: 1 }),
    });
    const result = await rig.run(
      aPlan([
        uses('slow', 'hang'),
        uses('bad', 'fail'),
        uses('later', 'echo', { depends_on: ['slow'] }),
        uses('cleanup', 'echo', { depends_on: ['bad'], run_when: 'any_failed' }),
      ]),
    );
    expect(result.status).toBe('failed');
    expect(result.stages['slow']?.status).toBe('cancelled');
    expect(result.stages['later']?.status).toBe('cancelled');
    expect(result.stages['cleanup']?.status).toBe('succeeded');
    expect(result.error).toMatchObject({ stage: 'bad', type: 'Broken' });
  });

  it('lets everything that can still run go on under continue', async () => {
    rig = await WorkflowRig.create({
      fail: () => {
        throw ApplicationFailure.nonRetryable('broken', 'Broken');
      },
      echo: () => ({ output: 1 }),
    });
    const result = await rig.run(
      aPlan(
        [uses('bad', 'fail'), uses('side', 'echo'), uses('after-side', 'echo', { depends_on: ['side'] })],
        {
          failure: 'continue',
        },
      ),
    );
    expect(result).toMatchObject({ status: 'failed', executed_stages: ['bad', 'side', 'after-side'] });
  });

  it('cancels running stages, runs finally and ends as cancelled', async () => {
    const stage = controlledStage();
    rig = await WorkflowRig.create({ hang: stage.hang, echo: () => ({ output: 'cleaned' }) });
    const plan = aPlan([uses('slow', 'hang'), uses('next', 'echo', { depends_on: ['slow'] })], {
      hooks: { on_success: [], on_failure: [uses('mail', 'echo')], finally: [uses('clean', 'echo')] },
    });
    const handle = await rig.start(plan);
    await stage.arrival('slow');
    await handle.cancel();
    const result = await resultOf(handle);
    expect(result).toMatchObject({ status: 'cancelled', success: false });
    expect(result.stages['slow']?.status).toBe('cancelled');
    expect(result.stages['next']?.status).toBe('cancelled');
    expect(Object.keys(result.hooks)).toEqual(['clean']);
    expect((await handle.describe()).status.name).toBe('CANCELLED');
  });

  it('lets running stages end and starts no more when it is cancelled after the wave', async () => {
    const stage = controlledStage();
    rig = await WorkflowRig.create({ hang: stage.hang, echo: () => ({ output: 1 }) });
    const handle = await rig.start(
      aPlan([uses('slow', 'hang'), uses('next', 'echo', { depends_on: ['slow'] })]),
    );
    await stage.arrival('slow');
    await handle.signal('cancel_after_wave');
    stage.end('slow');
    const result = await resultOf(handle);
    expect(result.status).toBe('cancelled');
    expect(result.stages['slow']).toMatchObject({ status: 'succeeded', output: 'slow' });
    expect(result.stages['next']?.status).toBe('cancelled');
  });

  it('ends as timed out when it goes past its own timeout, and its status says so', async () => {
    rig = await WorkflowRig.create({ echo: () => ({ output: 1 }) });
    const result = await rig.run(
      aPlan([aStage('nap', { action: { kind: 'sleep', duration: 86_400_000 } })], { timeout_ms: 60_000 }),
    );
    expect(result).toMatchObject({ status: 'timed_out', success: false });
    expect(result.stages['nap']?.status).toBe('cancelled');
  });

  it('cancels the child pipeline of a cancelled run and waits for it', async () => {
    const stage = controlledStage();
    rig = await WorkflowRig.create({ hang: stage.hang, echo: () => ({ output: 1 }) });
    const child = aPlan([uses('slow', 'hang')], {
      pipeline: 'child',
      hooks: { on_success: [], on_failure: [], finally: [uses('clean', 'echo')] },
    });
    const handle = await rig.start(
      aPlan([aStage('sub', { action: { kind: 'pipeline', pipeline: 'child', with: {} } })], {
        pipelines: { child },
      }),
    );
    await stage.arrival('slow');
    await handle.cancel();
    const result = await resultOf(handle);
    expect(result.stages['sub']?.status).toBe('cancelled');
    const childHandle = rig.env.client.workflow.getHandle(`child/${handle.workflowId.split('/')[1]}.sub`);
    const childResult = await resultOf(childHandle);
    expect(childResult.hooks['clean']?.status).toBe('succeeded');
  });
});

describe('timeouts of a stage', () => {
  it('gives up a stage whose worker stopped heartbeating and says which limit it was', async () => {
    let wake = (): void => undefined;
    rig = await WorkflowRig.create({
      stuck: () => new Promise((resolve) => (wake = () => resolve({ output: null }))),
    });
    const result = await rig.run(
      aPlan([
        uses('dead', 'stuck', {
          heartbeat_timeout_ms: 1_000,
          retry: { ...aStage('x').retry, max_attempts: 1 },
        }),
      ]),
    );
    wake();
    expect(result.stages['dead']).toMatchObject({ status: 'timed_out', attempts: 1 });
    expect(result.stages['dead']?.error?.message).toBe(
      'its worker gave no sign of life for 1s (heartbeat_timeout)',
    );
  });

  it('says that no worker took a stage within its queue timeout', async () => {
    rig = await WorkflowRig.create({ echo: () => ({ output: 1 }) });
    const result = await rig.run(
      aPlan([uses('gpu', 'train', { task_queue: 'nobody', queue_timeout_ms: 1_000 })]),
    );
    expect(result.stages['gpu']?.error?.message).toBe(
      'no worker took it within 1s (queue_timeout); see that one polls its task queue',
    );
  });
});
