import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StagePlan } from '../../../src/engine/plan.js';
import type { RunStatus } from '../../../src/engine/result.js';
import type { CarriedRun } from '../../../src/engine/run-input.js';
import { aPlan, aStage } from '../../support/a-plan.js';
import { resultOf } from '../../support/result-of.js';
import { WorkflowRig } from '../../support/workflow-rig.js';

let rig: WorkflowRig;
beforeAll(async () => {
  rig = await WorkflowRig.create({ echo: ({ params }) => ({ output: params }) });
});
afterAll(() => rig.close());

const HOUR_MS = 3_600_000;
const ADA = { by: 'ada', reason: 'more data' };

const nap = (id: string, hours: number, overrides: Partial<StagePlan> = {}): StagePlan =>
  aStage(id, { action: { kind: 'sleep', duration: hours * HOUR_MS }, ...overrides });

describe('a run that is changed while it goes on', () => {
  it('starts more stages at once when the limit is raised', async () => {
    const handle = await rig.start(
      aPlan([nap('a', 1), nap('b', 1), nap('c', 1)], { max_parallel_stages: 1 }),
    );
    await handle.executeUpdate('amend_run', { args: [{ ...ADA, max_parallel_stages: 3 }] });
    const { stages } = await handle.query<RunStatus>('status');
    expect(Object.values(stages).map(({ status }) => status)).toEqual(['running', 'running', 'running']);
    const result = await resultOf(handle);
    expect(result.total_duration_ms).toBeLessThan(2 * HOUR_MS);
    expect(result.amendments).toMatchObject([{ what: 'max_parallel_stages', before: 1, after: 3, ...ADA }]);
  });

  it('goes on after a failure when the policy is changed before it', async () => {
    const bad = aStage('bad', {
      depends_on: ['nap'],
      action: { kind: 'gate', checks: [{ name: 'no', assert: 'false' }], min_pass_rate: 1 },
    });
    const handle = await rig.start(aPlan([nap('nap', 1), bad, nap('side', 2)]));
    await handle.executeUpdate('amend_run', { args: [{ ...ADA, failure: 'continue' }] });
    const result = await resultOf(handle);
    expect(result.stages['side']?.status).toBe('succeeded');
    expect(result.status).toBe('failed');
  });

  it('takes params, retry settings and a timeout for a stage that has not started, and none for one that has', async () => {
    const echo = aStage('echo', {
      depends_on: ['nap'],
      action: { kind: 'uses', uses: 'echo', with: { a: '${{ variables.size }}', b: 1 } },
    });
    const handle = await rig.start(aPlan([nap('nap', 1), echo], { variables: { size: 'small' } }));
    await handle.executeUpdate('amend_stage', {
      args: [{ ...ADA, stage: 'echo', params: { b: 2 }, retry: { max_attempts: 7 }, timeout_ms: 5_000 }],
    });
    await handle.executeUpdate('set_variable', { args: [{ ...ADA, name: 'size', value: 'large' }] });
    await expect(
      handle.executeUpdate('amend_stage', { args: [{ ...ADA, stage: 'nap', timeout_ms: 1 }] }),
    ).rejects.toMatchObject({ cause: { type: 'SteeringRefused' } });
    const result = await resultOf(handle);
    expect(result.stages['echo']?.output).toEqual({ a: 'large', b: 2 });
    expect(result.amendments?.map(({ what }) => what)).toEqual([
      'stages.echo.params',
      'stages.echo.retry',
      'stages.echo.timeout_ms',
      'variables.size',
    ]);
  });
});

describe('several changes at once', () => {
  it('are all made, or none where one of them cannot be', async () => {
    const echo = aStage('echo', {
      depends_on: ['nap'],
      action: { kind: 'uses', uses: 'echo', with: { size: '${{ variables.size }}', n: 1 } },
    });
    const handle = await rig.start(aPlan([nap('nap', 1), echo], { variables: { size: 'small' } }));
    const stages = { echo: { params: { n: 2 } } };
    const refused = (args: object) => handle.executeUpdate('amend', { args: [{ ...ADA, ...args }] });
    await expect(
      refused({ variables: { size: 'large' }, stages: { ...stages, nap: { timeout_ms: 1 } } }),
    ).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/^It is too late to change stage "nap"/) },
    });
    await expect(
      refused({ variables: { sise: 'large' }, run: { max_parallel_stages: 0 }, stages }),
    ).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/^Nothing was changed\. .*"sise".*`max_parallel_stages`/) },
    });
    await expect(refused({})).rejects.toMatchObject({ cause: { type: 'SteeringRefused' } });
    await expect(refused({ stages: { echo: 5 } })).rejects.toMatchObject({
      cause: { message: '`stages.echo` must be an object of changes.' },
    });
    expect((await handle.query<RunStatus>('status')).amendments).toEqual([]);
    const made = await handle.executeUpdate('amend', {
      args: [{ ...ADA, variables: { size: 'large' }, stages, run: { max_parallel_stages: 2 } }],
    });
    expect(made).toMatchObject([
      { what: 'variables.size', before: 'small', after: 'large' },
      { what: 'stages.echo.params', after: { n: 2 } },
      { what: 'max_parallel_stages', before: null, after: 2 },
    ]);
    expect((await resultOf(handle)).stages['echo']?.output).toEqual({ size: 'large', n: 2 });
  });
});

describe('a deadline', () => {
  it('alarms when a fifth of the time is left and when it has passed, and stops nothing', async () => {
    const result = await rig.run(aPlan([nap('long', 10)], { deadline_ms: 5 * HOUR_MS }));
    expect(result.status).toBe('succeeded');
    const start = Date.parse(result.started_at);
    expect(result.alarms?.map(({ kind, stage }) => [kind, stage])).toEqual([
      ['deadline_near', null],
      ['deadline_missed', null],
    ]);
    const [near, missed] = result.alarms ?? [];
    expect(near?.message).toBe('the run has 1h left until its deadline');
    expect(Date.parse(near?.at ?? '') - start).toBeGreaterThanOrEqual(4 * HOUR_MS);
    expect(missed?.deadline).toBe(new Date(start + 5 * HOUR_MS).toISOString());
  });

  it('of a stage ends with the stage, and warns as early as the definition says', async () => {
    const plan = aPlan([
      nap('quick', 1, { deadline_ms: 2 * HOUR_MS }),
      nap('slow', 9, { deadline_ms: 8 * HOUR_MS, deadline_warn_ms: 6 * HOUR_MS }),
    ]);
    const result = await rig.run(plan);
    expect(result.alarms?.map(({ kind, stage }) => [kind, stage])).toEqual([
      ['deadline_near', 'slow'],
      ['deadline_missed', 'slow'],
    ]);
  });

  it('that is moved by a person alarms at its new time only', async () => {
    const handle = await rig.start(aPlan([nap('long', 6)], { deadline_ms: 5 * HOUR_MS }));
    await handle.executeUpdate('amend_run', { args: [{ ...ADA, deadline_ms: 8 * HOUR_MS }] });
    const result = await resultOf(handle);
    expect(result.alarms).toEqual([]);
  });

  it('may be an instant, of a run and of a stage, and a person may move it to another', async () => {
    const now = await rig.env.currentTimeMs();
    const inHours = (hours: number) => new Date(now + hours * HOUR_MS).toISOString();
    const [early, late, later] = [inHours(2), inHours(4), inHours(8)];
    const plan = aPlan([nap('slow', 6, { deadline_at: early })], { deadline_at: late });
    const handle = await rig.start(plan);
    await handle.executeUpdate('amend', { args: [{ ...ADA, run: { deadline_at: later } }] });
    const { alarms = [], amendments } = await resultOf(handle);
    expect(alarms.map(({ kind, stage, deadline }) => [kind, stage, deadline])).toEqual([
      ['deadline_near', 'slow', early],
      ['deadline_missed', 'slow', early],
    ]);
    expect(amendments).toMatchObject([{ what: 'deadline_at', before: late, after: later, ...ADA }]);
  });

  it('alarms early when the stages that are left are expected to take longer than there is time', async () => {
    const plan = aPlan(
      [nap('a', 3), nap('b', 1, { depends_on: ['a'] }), nap('c', 2, { depends_on: ['b'] })],
      {
        deadline_ms: 5 * HOUR_MS,
      },
    );
    const expected_ms = { a: HOUR_MS, b: HOUR_MS, c: 2 * HOUR_MS };
    const handle = await rig.start(plan, { more: { expected_ms } });
    const { alarms = [], started_at } = await resultOf(handle);
    expect(alarms.map(({ kind }) => kind)).toEqual(['deadline_at_risk', 'deadline_near', 'deadline_missed']);
    expect(alarms[0]?.message).toBe('what is left is expected to take 3h, with 2h until the deadline');
    expect(Date.parse(alarms[0]?.at ?? '') - Date.parse(started_at)).toBeLessThan(4 * HOUR_MS);
  });
});

describe('a run that goes on in a new history', () => {
  const carried = (more: Partial<CarriedRun>): CarriedRun => ({
    started_at: new Date(Date.now() - HOUR_MS).toISOString(),
    ended: [],
    state: {},
    metrics: {},
    notes: [],
    stopped: null,
    ...more,
  });

  it('is still held, with the time and the attempts from before', async () => {
    const stage = aStage('load', {
      action: { kind: 'uses', uses: 'echo', with: { n: 1 } },
      hold: { timeout_ms: 48 * HOUR_MS, on_timeout: 'skip' },
    });
    // By the server's clock, which the tests before have put forward.
    const since = new Date((await rig.env.currentTimeMs()) - HOUR_MS).toISOString();
    const error = { type: 'Broken', message: 'broken', stage: 'load' };
    const open = {
      id: 'load',
      status: 'held' as const,
      started_at: since,
      wait: { failure: { status: 'failed', error, attempts: 2 }, attempts: 5, decisions: [], held_at: since },
    };
    const handle = await rig.start(aPlan([stage]), { more: { carried: carried({ open: [open] }) } });
    const status = await handle.query<RunStatus>('status');
    expect(status.stages['load']).toMatchObject({ status: 'held', error, started_at: since });
    await handle.executeUpdate('retry_stage', { args: [{ ...ADA, stage: 'load', params: { n: 2 } }] });
    const result = await resultOf(handle);
    expect(result.stages['load']).toMatchObject({ status: 'succeeded', output: { n: 2 }, attempts: 6 });
  });

  it('is still paused, and keeps what was changed and alarmed', async () => {
    const paused = { by: 'ada', at: new Date().toISOString(), reason: null };
    const amendments = [{ ...paused, what: 'paused', before: false, after: true }];
    const more = { carried: carried({ paused, amendments }) };
    const handle = await rig.start(aPlan([nap('a', 1)]), { more });
    expect((await handle.query<RunStatus>('status')).stages['a']?.status).toBe('pending');
    await handle.executeUpdate('unpause', { args: [ADA] });
    expect((await resultOf(handle)).amendments).toMatchObject([{ after: true }, { after: false }]);
  });
});
