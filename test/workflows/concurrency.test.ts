import { afterEach, describe, expect, it } from 'vitest';
import type { Concurrency, StagePlan } from '../../src/engine/plan.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { controlledStage } from '../support/controlled-stage.js';
import { resultOf } from '../support/result-of.js';
import { WorkflowRig } from '../support/workflow-rig.js';

let rig: WorkflowRig | null = null;
afterEach(async () => {
  await rig?.close();
  rig = null;
});

const uses = (id: string, name: string): StagePlan =>
  aStage(id, { action: { kind: 'uses', uses: name, with: {} } });
const plan = (on_conflict: Concurrency['on_conflict'], stage: StagePlan) =>
  aPlan([stage], { concurrency: { group: 'only-one', on_conflict } });

describe('a concurrency group', () => {
  it('refuses a second run under reject and takes the next one after the first has ended', async () => {
    const stage = controlledStage();
    rig = await WorkflowRig.create({ hang: stage.hang, echo: () => ({ output: 1 }) });
    const first = await rig.start(plan('reject', uses('slow', 'hang')));
    await stage.arrival('slow');
    const second = await rig.start(plan('reject', uses('quick', 'echo')));
    await expect(second.result()).rejects.toMatchObject({
      cause: { type: 'ConcurrencyConflict', message: expect.stringContaining('"only-one"') as string },
    });
    stage.end('slow');
    expect((await resultOf(first)).status).toBe('succeeded');
    expect((await rig.run(plan('reject', uses('quick', 'echo')))).status).toBe('succeeded');
  });

  it('lets a second run wait under queue until the first one is gone, even if that was terminated', async () => {
    const stage = controlledStage();
    rig = await WorkflowRig.createOnDevServer({ hang: stage.hang, echo: () => ({ output: 1 }) });
    const first = await rig.start(plan('queue', uses('slow', 'hang')));
    await stage.arrival('slow');
    const second = await rig.start(plan('queue', uses('quick', 'echo')));
    await expect.poll(() => second.query('status')).toMatchObject({ status: 'queued' });
    await first.terminate('by hand');
    stage.end('slow');
    expect((await resultOf(second)).status).toBe('succeeded');
  });

  it('gives up a run that is cancelled while it waits', async () => {
    const stage = controlledStage();
    rig = await WorkflowRig.create({ hang: stage.hang, echo: () => ({ output: 1 }) });
    const first = await rig.start(plan('queue', uses('slow', 'hang')));
    await stage.arrival('slow');
    const second = await rig.start(plan('queue', uses('quick', 'echo')));
    await expect.poll(() => second.query('status')).toMatchObject({ status: 'queued' });
    await second.cancel();
    expect((await resultOf(second)).stages['quick']?.status).toBe('cancelled');
    stage.end('slow');
    expect((await resultOf(first)).status).toBe('succeeded');
  });

  it('cancels the run that holds it under cancel_running and goes on after it', async () => {
    const stage = controlledStage();
    rig = await WorkflowRig.create({ hang: stage.hang, echo: () => ({ output: 1 }) });
    const first = await rig.start(plan('queue', uses('slow', 'hang')));
    await stage.arrival('slow');
    const second = await rig.start(plan('cancel_running', uses('quick', 'echo')));
    expect((await resultOf(second)).status).toBe('succeeded');
    expect((await resultOf(first)).status).toBe('cancelled');
  });

  it('is kept by a run that goes on in a new history, and is free once that is ended by force', async () => {
    const stage = controlledStage();
    rig = await WorkflowRig.createOnDevServer({ hang: stage.hang, echo: () => ({ output: 1 }) });
    const chain = Array.from({ length: 9 }, (_, i) =>
      aStage(`s${i}`, {
        depends_on: i === 0 ? [] : [`s${i - 1}`],
        action: { kind: 'uses', uses: 'echo', with: { blob: '${{ inputs.blob }}' } },
      }),
    );
    const long = aPlan([...chain, { ...uses('slow', 'hang'), depends_on: ['s8'] }], {
      concurrency: { group: 'only-one', on_conflict: 'reject' },
      inputs: { blob: { type: 'string', required: true } },
    });
    // A long argument for each stage makes the history long enough at once.
    const first = await rig.start(long, { inputs: { blob: 'x'.repeat(1_850_000) } });
    const { runId } = await first.describe();
    await expect.poll(() => first.query('status')).toMatchObject({ status: 'running' });
    const second = await rig.start(plan('queue', uses('quick', 'echo')));
    await stage.arrival('slow');
    const description = await rig.env.client.workflow.getHandle(first.workflowId).describe();
    expect(description.runId).not.toBe(runId);
    expect(await second.query('status')).toMatchObject({ status: 'queued' });
    const third = await rig.start(plan('reject', uses('quick', 'echo')));
    await expect(third.result()).rejects.toMatchObject({ cause: { type: 'ConcurrencyConflict' } });
    expect(await second.query('status')).toMatchObject({ status: 'queued' });
    await rig.env.client.workflow.getHandle(first.workflowId).terminate('by hand');
    stage.end('slow');
    expect((await resultOf(second)).status).toBe('succeeded');
  });
});
