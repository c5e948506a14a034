import {
  WithStartWorkflowOperation,
  type WorkflowHandle,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ModelRecords, ModelView } from '../../../src/engine/models/model-state.js';
import type { ModelCheckTask, ModelPageTask } from '../../../src/shared/model-task.js';
import { ACTIVITY, MODEL_WORKFLOW, modelWorkflowId } from '../../../src/shared/names.js';
import {
  markVersionUpdate,
  modelQuery,
  modelRecordsQuery,
  modelVersionQuery,
  moveAliasUpdate,
  registerVersionUpdate,
  rollBackAliasUpdate,
} from '../../../src/workflows/model/messages.js';
import { aLargeModel, aMove, aVersion } from '../../support/a-model.js';
import { type FakeStage, WorkflowRig } from '../../support/workflow-rig.js';

let rig: WorkflowRig;
/** What the store says of the artifact of a version; checks of versions in `held` wait until they are let go. */
let problems: Record<string, string> = {};
let held: Record<string, { readonly begun: () => void; readonly letGo: Promise<void> }> = {};
let pages: ModelPageTask[] = [];

const check = async (task: ModelCheckTask): Promise<{ problem: string | null }> => {
  held[task.version]?.begun();
  await held[task.version]?.letGo;
  return { problem: problems[task.version] ?? null };
};

const keepPage = (task: ModelPageTask): { sha256: string; size_bytes: number } => {
  pages.push(task);
  return { sha256: String(pages.length).padStart(64, '0'), size_bytes: 1 };
};

beforeAll(async () => {
  rig = await WorkflowRig.create({
    [ACTIVITY.modelCheck]: check as unknown as FakeStage,
    [ACTIVITY.modelPage]: keepPage as unknown as FakeStage,
  });
});
beforeEach(() => {
  problems = {};
  held = {};
  pages = [];
});
afterAll(() => rig.close());

const artifact = { name: 'model.json', sha256: 'a'.repeat(64), size_bytes: 3 };

let counter = 0;

/** A model with these versions, whose artifacts are looked at. */
async function open(versions: readonly string[], more: object = {}): Promise<WorkflowHandle> {
  counter += 1;
  const name = `m${counter}`;
  const model = await rig.startWorkflow(MODEL_WORKFLOW, modelWorkflowId(name), { model: name, ...more });
  for (const version of versions) {
    // One after the other, as their order counts.
    // oxlint-disable-next-line no-await-in-loop
    await model.executeUpdate(registerVersionUpdate, { args: [aVersion(version, { artifact })] });
  }
  return model;
}

/** Makes the check of an artifact wait. `begun` resolves when it was asked for. */
function hold(version: string): { readonly begun: Promise<void>; readonly letGo: () => void } {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const begun = new Promise<void>((resolve) => {
    held[version] = { begun: resolve, letGo: gate };
  });
  return { begun, letGo };
}

async function refusalOf(update: Promise<unknown>): Promise<{ code: unknown; message: string }> {
  const error: unknown = await update.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WorkflowUpdateFailedError)) throw new Error(`not refused: ${String(error)}`);
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure)) throw error;
  const [detail] = cause.details as [{ code: unknown }];
  return { code: detail.code, message: cause.message };
}

const moves = async (model: WorkflowHandle): Promise<readonly string[]> => {
  const { events } = await model.query<ModelRecords>(modelRecordsQuery);
  return events.flatMap((event) =>
    event.kind === 'moved' ? [`${event.how} ${event.alias} ${event.previous} ${event.version}`] : [],
  );
};

describe('a model', () => {
  it('keeps versions, moves aliases and tells who did what', async () => {
    const model = await open(['1', '2']);
    await model.executeUpdate(moveAliasUpdate, { args: [aMove('production', '1')] });
    await model.executeUpdate(moveAliasUpdate, { args: [aMove('canary', '2')] });
    const answer = await model.executeUpdate(moveAliasUpdate, {
      args: [aMove('production', '2', { expected: '1', evidence: { f1: 0.93 } })],
    });
    expect(answer).toEqual({ model: `m${counter}`, alias: 'production', version: '2', previous: '1' });
    expect(await moves(model)).toEqual([
      'move production null 1',
      'move canary null 2',
      'move production 1 2',
      'followed canary 2 null',
    ]);
    const view = await model.query<ModelView>(modelQuery);
    expect(view).toMatchObject({ versions: 2, latest: '2' });
    const { memo } = await model.describe();
    expect(memo).toEqual({ model: view });
  });

  it('refuses an artifact that the store does not hold, and leaves no trace of the version', async () => {
    problems['9'] = 'its bytes do not match its name.';
    const model = await open(['1']);
    const refused = await refusalOf(
      model.executeUpdate(registerVersionUpdate, { args: [aVersion('9', { artifact })] }),
    );
    expect(refused.code).toBe('wrong_artifact');
    expect(refused.message).toMatch(/the artifact of "9": its bytes do not match its name\.$/);
    expect(await model.query(modelVersionQuery, { version: '9' })).toBeNull();
    problems['1'] = 'it is gone.';
    const lost = await refusalOf(model.executeUpdate(moveAliasUpdate, { args: [aMove('production', '1')] }));
    expect(lost.code).toBe('wrong_artifact');
  });

  it('takes a message that is no request for what it is', async () => {
    const model = await open(['1']);
    const send = (name: string, message: unknown) => model.executeUpdate(name, { args: [message] });
    expect((await refusalOf(send('move_alias', null))).code).toBe('bad_request');
    expect((await refusalOf(send('register_version', { version: 7 }))).code).toBe('bad_request');
    expect((await refusalOf(send('roll_back_alias', { alias: 'production' }))).code).toBe('bad_request');
    expect((await refusalOf(send('mark_version', 'failed'))).code).toBe('bad_request');
  });

  it('lets the first of two promotions win that are made at once, and tells the other who won', async () => {
    const model = await open(['1', '2', '3']);
    await model.executeUpdate(moveAliasUpdate, { args: [aMove('production', '1')] });
    const slow = hold('2');
    const first = model.executeUpdate(moveAliasUpdate, { args: [aMove('production', '2', { by: 'slow' })] });
    const lost = refusalOf(first);
    await slow.begun;
    await model.executeUpdate(moveAliasUpdate, { args: [aMove('production', '3', { by: 'fast' })] });
    slow.letGo();
    const refused = await lost;
    expect(refused.code).toBe('moved_meanwhile');
    expect(refused.message).toMatch(
      /production is not "1" any more: it is "3" since .* by fast \(because\)\./,
    );
    expect(await moves(model)).toEqual(['move production null 1', 'move production 1 3']);
  });

  it('rolls back during a promotion, which then finds that it came too late', async () => {
    const model = await open(['1', '2', '3']);
    await model.executeUpdate(moveAliasUpdate, { args: [aMove('production', '1')] });
    await model.executeUpdate(moveAliasUpdate, { args: [aMove('production', '2')] });
    const slow = hold('3');
    const lost = refusalOf(model.executeUpdate(moveAliasUpdate, { args: [aMove('production', '3')] }));
    await slow.begun;
    const back = await model.executeUpdate(rollBackAliasUpdate, {
      args: [{ alias: 'production', by: 'eve', reason: 'alarms' }],
    });
    expect(back).toMatchObject({ version: '1', previous: '2' });
    slow.letGo();
    expect((await lost).code).toBe('moved_meanwhile');
    expect(await moves(model)).toEqual([
      'move production null 1',
      'move production 1 2',
      'rollback production 2 1',
    ]);
  });

  it('does not promote what is marked as failed while its artifact is looked at', async () => {
    const model = await open(['1']);
    const slow = hold('1');
    const lost = refusalOf(model.executeUpdate(moveAliasUpdate, { args: [aMove('production', '1')] }));
    await slow.begun;
    await model.executeUpdate(markVersionUpdate, {
      args: [{ version: '1', status: 'failed', by: 'eve', reason: 'leaks' }],
    });
    slow.letGo();
    expect(await lost).toMatchObject({ code: 'version_failed', message: expect.stringContaining('leaks') });
  });

  it('takes one of two registrations of a version that are made at once with different contents', async () => {
    const model = await open(['1']);
    const slow = hold('2');
    const one = model.executeUpdate(registerVersionUpdate, { args: [aVersion('2', { artifact })] });
    await slow.begun;
    const other = refusalOf(
      model.executeUpdate(registerVersionUpdate, {
        args: [aVersion('2', { artifact, metrics: { f1: 0.1 } })],
      }),
    );
    slow.letGo();
    await one;
    expect((await other).code).toBe('version_taken');
  });

  it('gives the answer of the first attempt to a second one of the same request', async () => {
    const model = await open(['1', '2']);
    const move = aMove('production', '1', { expected: null, request: 'run-1/promote' });
    const first = await model.executeUpdate(moveAliasUpdate, { args: [move] });
    await model.executeUpdate(moveAliasUpdate, { args: [aMove('production', '2')] });
    expect(await model.executeUpdate(moveAliasUpdate, { args: [move] })).toEqual(first);
    expect(await moves(model)).toHaveLength(2);
  });

  it('starts with its first version, and ends when that is refused', async () => {
    problems['1'] = 'it is gone.';
    const workflowId = modelWorkflowId('begun');
    const start = () =>
      new WithStartWorkflowOperation(MODEL_WORKFLOW, {
        workflowId,
        taskQueue: 'rig',
        args: [{ model: 'begun' }],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    const register = () =>
      rig.env.client.workflow.executeUpdateWithStart(registerVersionUpdate, {
        args: [aVersion('1', { artifact })],
        startWorkflowOperation: start(),
      });
    expect((await refusalOf(register())).code).toBe('wrong_artifact');
    await rig.env.client.workflow.getHandle(workflowId).result();
    problems = {};
    expect(await register()).toEqual({ model: 'begun', version: '1', registered: true });
  });

  it('takes no notice of being cancelled', async () => {
    const model = await open(['1']);
    await model.cancel();
    await model.executeUpdate(moveAliasUpdate, { args: [aMove('production', '1')] });
    expect(await moves(model)).toEqual(['move production null 1']);
  });
});

describe('a model with thousands of versions', () => {
  it('goes on in new histories that stay small, and keeps what is old in the store', async () => {
    const name = 'large';
    const carried = aLargeModel(name, 5_000, Date.UTC(2026, 0, 1));
    const input = { model: name, carried, continue_at_events: 120 };
    const { runId: firstRunId } = await (
      await rig.startWorkflow(MODEL_WORKFLOW, modelWorkflowId(name), input)
    ).describe();
    const model = rig.env.client.workflow.getHandle(modelWorkflowId(name));
    for (let n = 1; n <= 60; n += 1) {
      // oxlint-disable-next-line no-await-in-loop
      await registered(model, `2.0.${n}`);
    }
    const view = await model.query<ModelView>(modelQuery);
    expect(view).toMatchObject({ versions: 5_060, latest: '2.0.60' });
    const { runId } = await model.describe();
    expect(runId).not.toBe(firstRunId);
    const { events } = await model.fetchHistory();
    expect(events?.length).toBeLessThan(200);
    const [started] = events ?? [];
    const size = started?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data?.length ?? 0;
    expect(size).toBeGreaterThan(0);
    // About fifty bytes a version.
    expect(size).toBeLessThan(400_000);
    expect(pages.length).toBeGreaterThan(0);
    const records = await model.query<ModelRecords>(modelRecordsQuery);
    expect(records.versions.length).toBeLessThanOrEqual(100);
    const kept = records.pages.reduce((sum, page) => sum + page.versions, 0);
    expect(kept + records.versions.length).toBe(5_060);
    // What is old can be promoted, and its name is taken for ever.
    await model.executeUpdate(moveAliasUpdate, { args: [aMove('production', '1.0.7')] });
    expect(await model.query(modelVersionQuery, { alias: 'production' })).toMatchObject({
      name: '1.0.7',
      standing: { status: 'ready', aliases: ['production'] },
    });
    const taken = await refusalOf(model.executeUpdate(registerVersionUpdate, { args: [aVersion('1.0.7')] }));
    expect(taken.code).toBe('version_taken');
  });
});

/** A model takes no orders while it goes on in a new history, so they are given again. */
async function registered(model: WorkflowHandle, version: string): Promise<void> {
  for (;;) {
    try {
      // oxlint-disable-next-line no-await-in-loop
      await model.executeUpdate(registerVersionUpdate, { args: [aVersion(version)] });
      return;
    } catch (error) {
      if (!(error instanceof WorkflowUpdateFailedError)) throw error;
      if (!String(error.cause).includes('goes on in a new history')) throw error;
    }
  }
}
