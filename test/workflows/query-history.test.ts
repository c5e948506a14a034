import { CompleteAsyncError } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { queryHistory, ReplayError } from '../../src/client/replay/query-history.js';
import type { StagePlan } from '../../src/engine/plan.js';
import { statusQuery, unpauseUpdate } from '../../src/workflows/messages.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { controlledStage } from '../support/controlled-stage.js';
import { resultOf } from '../support/result-of.js';
import { WorkflowRig } from '../support/workflow-rig.js';

const stage = controlledStage();
const elsewhere = vi.fn<() => never>(() => {
  throw new CompleteAsyncError();
});
let rig: WorkflowRig;

beforeEach(async () => {
  rig = await WorkflowRig.create({
    echo: (task) => ({ output: { id: task.stage.id }, state: { [task.stage.id]: true } }),
    hang: stage.hang,
    elsewhere,
  });
});
afterEach(() => rig.close());

const uses = (id: string, name: string, rest: Partial<StagePlan> = {}): StagePlan =>
  aStage(id, { action: { kind: 'uses', uses: name, with: {} }, ...rest });

async function executionOf(handle: WorkflowHandle) {
  return { workflowId: handle.workflowId, runId: (await handle.describe()).runId };
}

describe('the history of a run', () => {
  it('tells the same as its worker would, page by page, when there is none', async () => {
    const wide = Array.from({ length: 40 }, (_, n) => uses(`s${n}`, 'echo'));
    const handle = await rig.start(aPlan([...wide, uses('last', 'hang', { depends_on: ['s0', 's39'] })]));
    await stage.arrival('last');
    await handle.cancel();
    await resultOf(handle);
    const told = await handle.query(statusQuery);
    expect((await handle.describe()).historyLength).toBeGreaterThan(100);
    await rig.stopWorker();
    const execution = await executionOf(handle);
    expect(await queryHistory(rig.env.client, execution, statusQuery)).toEqual(told);
    expect(told).toMatchObject({ status: 'cancelled', state: { s39: true } });
    const brief = await queryHistory(rig.env.client, execution, statusQuery, { outputs: false });
    expect(brief.stages['s0']).toMatchObject({ status: 'succeeded', output: null });
  });

  it('tells of a terminated run what it had not taken in itself: what is done must not be done again', async () => {
    const plan = aPlan([uses('long', 'elsewhere'), uses('next', 'echo', { depends_on: ['long'] })]);
    const handle = await rig.start(plan);
    // No query: a workflow task of its own could be open when the worker stops, and the test server would keep news back.
    await vi.waitFor(() => expect(elsewhere).toHaveBeenCalled(), 20_000);
    await rig.stopWorker();
    const execution = await executionOf(handle);
    await rig.env.client.activity.complete(
      { ...execution, activityId: 'long' },
      { output: 'made elsewhere' },
    );
    await handle.terminate();
    const status = await queryHistory(rig.env.client, execution, statusQuery);
    expect(status.stages).toMatchObject({ long: { status: 'succeeded', output: 'made elsewhere' } });
  });

  it('tells nothing of a run that no worker has begun, not even what would take no time', async () => {
    await rig.stopWorker();
    const handle = await rig.start(
      aPlan([aStage('values', { action: { kind: 'set', output: 1, state: {} } })]),
    );
    const asked = queryHistory(rig.env.client, await executionOf(handle), statusQuery);
    await expect(asked).rejects.toThrow(ReplayError);
    await handle.terminate();
  });

  it('says why when it cannot be told', async () => {
    const handle = await rig.start(aPlan([uses('one', 'echo')]));
    await resultOf(handle);
    const unknown = { ...unpauseUpdate, type: 'query', name: 'unheard_of' } as unknown as typeof statusQuery;
    const asked = queryHistory(rig.env.client, await executionOf(handle), unknown);
    await expect(asked).rejects.toThrow(ReplayError);
    await expect(asked).rejects.toThrow(/did not register a handler for unheard_of/);
  });
});
