import { afterEach, describe, expect, it } from 'vitest';
import type { RunStatus } from '../../../src/engine/result.js';
import { aPlan, aStage } from '../../support/a-plan.js';
import { controlledStage } from '../../support/controlled-stage.js';
import { resultOf } from '../../support/result-of.js';
import { WorkflowRig } from '../../support/workflow-rig.js';

let rig: WorkflowRig | null = null;
afterEach(async () => {
  await rig?.close();
  rig = null;
});

const slow = aStage('slow', { action: { kind: 'uses', uses: 'hang', with: {} } });
const next = aStage('next', { depends_on: ['slow'], action: { kind: 'uses', uses: 'echo', with: {} } });
const ADA = { by: 'ada', reason: 'the source is down' };

describe('a run that is paused', () => {
  it('lets running stages end, starts no more, and goes on when it is unpaused', async () => {
    const stage = controlledStage();
    rig = await WorkflowRig.create({ hang: stage.hang, echo: () => ({ output: 1 }) });
    const nap = aStage('nap', { action: { kind: 'sleep', duration: 60_000 } });
    const handle = await rig.start(aPlan([slow, nap, next]));
    await stage.arrival('slow');
    await handle.executeUpdate('pause', { args: [ADA] });
    stage.end('slow');
    await rig.env.sleep(120_000);
    const status = await handle.query<RunStatus>('status');
    expect(status.paused).toMatchObject(ADA);
    expect(status.notes).toEqual(['paused by ada: the source is down']);
    expect([
      status.stages['slow']?.status,
      status.stages['nap']?.status,
      status.stages['next']?.status,
    ]).toEqual(['succeeded', 'succeeded', 'pending']);
    await handle.executeUpdate('unpause', { args: [{ by: 'bob' }] });
    const result = await resultOf(handle);
    expect(result).toMatchObject({ status: 'succeeded', paused: null });
    expect(result.amendments).toMatchObject([
      { what: 'paused', before: false, after: true, by: 'ada', reason: 'the source is down' },
      { what: 'paused', before: true, after: false, by: 'bob', reason: null },
    ]);
  });

  it('waits with its hooks until it is unpaused', async () => {
    const stage = controlledStage();
    rig = await WorkflowRig.create({ hang: stage.hang, echo: () => ({ output: 1 }) });
    const clean = aStage('clean', { action: { kind: 'uses', uses: 'echo', with: {} } });
    const handle = await rig.start(
      aPlan([slow], { hooks: { on_success: [], on_failure: [], finally: [clean] } }),
    );
    await stage.arrival('slow');
    await handle.executeUpdate('pause', { args: [ADA] });
    stage.end('slow');
    await rig.env.sleep(1_000);
    expect((await handle.query<RunStatus>('status')).hooks).toEqual({});
    await handle.executeUpdate('unpause', { args: [ADA] });
    expect((await resultOf(handle)).hooks['clean']?.status).toBe('succeeded');
  });

  it('can be cancelled', async () => {
    const stage = controlledStage();
    rig = await WorkflowRig.create({ hang: stage.hang, echo: () => ({ output: 1 }) });
    const handle = await rig.start(aPlan([slow, next]));
    await stage.arrival('slow');
    await handle.executeUpdate('pause', { args: [ADA] });
    await handle.signal('cancel', { by: 'bob' });
    const result = await resultOf(handle);
    expect(result).toMatchObject({ status: 'cancelled', paused: null });
    expect(result.stages['next']?.status).toBe('cancelled');
  });

  it('passes the pause down to child pipelines', async () => {
    const stage = controlledStage();
    rig = await WorkflowRig.create({ hang: stage.hang, echo: () => ({ output: 1 }) });
    const child = aPlan([slow, next], { pipeline: 'child' });
    const sub = aStage('sub', { action: { kind: 'pipeline', pipeline: 'child', with: {} } });
    const handle = await rig.start(aPlan([sub], { pipelines: { child } }));
    await stage.arrival('slow');
    const childHandle = rig.env.client.workflow.getHandle(`child/${handle.workflowId.split('/')[1]}.sub`);
    await handle.executeUpdate('pause', { args: [ADA] });
    stage.end('slow');
    await expect
      .poll(async () => (await childHandle.query<RunStatus>('status')).paused)
      .toMatchObject({ by: 'ada', reason: 'the source is down' });
    await handle.executeUpdate('unpause', { args: [ADA] });
    expect((await resultOf(handle)).status).toBe('succeeded');
  });

  it('notes a signal that an update would refuse, and changes nothing', async () => {
    const stage = controlledStage();
    rig = await WorkflowRig.create({ hang: stage.hang, echo: () => ({ output: 1 }) });
    const handle = await rig.start(aPlan([slow]));
    await stage.arrival('slow');
    await handle.signal('unpause', ADA);
    await handle.signal('pause', { reason: 'who am I' });
    const { notes, paused } = await handle.query<RunStatus>('status');
    expect(paused).toBeNull();
    expect(notes).toEqual([
      'unpause was refused: The run is not paused.',
      'pause was refused: The message does not say who sends it: give a name in `by`.',
    ]);
    stage.end('slow');
    await resultOf(handle);
  });
});
