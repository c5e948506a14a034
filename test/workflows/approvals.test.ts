import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/engine/result.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { anApproval, decide, refusalOf, untilStage } from '../support/approvals.js';
import { resultOf } from '../support/result-of.js';
import { WorkflowRig } from '../support/workflow-rig.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let rig: WorkflowRig;
beforeAll(async () => {
  rig = await WorkflowRig.create({ echo: (task) => ({ output: task.params }) });
});
afterAll(() => rig.close());

const echo = { kind: 'uses', uses: 'echo', with: 'x' } as const;
const after = aStage('after', { action: echo, depends_on: ['sign-off'] });

describe('an approval', () => {
  it('lets the run go on once enough different people approved, with who, when and why in the result', async () => {
    const run = await rig.start(aPlan([anApproval('sign-off', { required: 2 }), after]));
    await untilStage(run, 'sign-off', 'awaiting_approval');
    expect(await decide(run, 'approve', { stage: 'sign-off', as: 'bob', comment: 'fine' })).toEqual({
      stage: 'sign-off',
      status: 'awaiting_approval',
      approvals: 1,
      required: 2,
    });
    expect(await decide(run, 'approve', { as: 'alice' })).toMatchObject({
      status: 'succeeded',
      approvals: 2,
    });
    const result = await resultOf(run);
    expect(result.status).toBe('succeeded');
    expect(result.stages['sign-off']).toMatchObject({
      status: 'succeeded',
      output: { approved: true, approvers: ['bob', 'alice'], timed_out: false },
      approval: {
        message: 'Ship it?',
        required: 2,
        decided_by: 'people',
        decisions: [
          { by: 'bob', decision: 'approve', comment: 'fine', via: 'update', verified: false },
          { by: 'alice', decision: 'approve', comment: null, via: 'update', verified: false },
        ],
      },
    });
  });

  it('fails as rejected at the first rejection, with who and why', async () => {
    const run = await rig.start(aPlan([anApproval('sign-off', { required: 2 }), after]));
    await untilStage(run, 'sign-off', 'awaiting_approval');
    await decide(run, 'approve', { as: 'bob' });
    await decide(run, 'reject', { as: 'alice', comment: 'too risky' });
    const result = await resultOf(run);
    expect(result).toMatchObject({
      status: 'failed',
      error: { type: 'Rejected', message: 'rejected by alice: too risky', stage: 'sign-off' },
    });
    expect(result.stages['after']?.status).toBe('skipped');
  });

  it('lets somebody who approved reject until it is decided', async () => {
    const run = await rig.start(aPlan([anApproval('sign-off', { required: 2 })]));
    await untilStage(run, 'sign-off', 'awaiting_approval');
    await decide(run, 'approve', { as: 'bob' });
    await decide(run, 'reject', { as: 'bob', comment: 'I missed something' });
    expect((await resultOf(run)).error?.message).toBe('rejected by bob: I missed something');
  });

  it('gives the values of its fields as output, checked and with their defaults', async () => {
    const fields = {
      count: { type: 'integer', required: true, minimum: 1 },
      note: { type: 'string', required: false, default: 'none' },
    } as const;
    const run = await rig.start(aPlan([anApproval('sign-off', { required: 2, fields })]));
    await untilStage(run, 'sign-off', 'awaiting_approval');
    const wrong = decide(run, 'approve', { as: 'bob', fields: { count: 0, size: 1 } });
    expect(await refusalOf(wrong)).toBe(
      'The values do not fit stage "sign-off": field "size" does not exist. Fields: count, note; field "count" must be at least 1, got 0.',
    );
    const missing = decide(run, 'approve', { as: 'bob' });
    expect(await refusalOf(missing)).toBe(
      'The values do not fit stage "sign-off": field "count" (integer) is required and was not given.',
    );
    await decide(run, 'approve', { as: 'bob', fields: { count: 3 } });
    await decide(run, 'approve', { as: 'alice', fields: { count: 4 } });
    expect((await resultOf(run)).stages['sign-off']?.output).toMatchObject({
      count: 4,
      note: 'none',
      approved: true,
    });
  });

  it('takes approvers, message and evidence from expressions', async () => {
    const asking = anApproval('sign-off', {
      approvers: '${{ variables.team }}',
      message: 'Ship ${{ stages.build.output }}?',
      evidence: { build: '${{ stages.build.output }}' },
    });
    const build = aStage('build', { action: { kind: 'set', output: 7, state: {} } });
    const plan = aPlan([build, { ...asking, depends_on: ['build'] }], { variables: { team: ['carol'] } });
    const run = await rig.start(plan);
    const seen = await untilStage(run, 'sign-off', 'awaiting_approval');
    expect(seen.stages['sign-off']?.approval).toMatchObject({
      approvers: ['carol'],
      message: 'Ship 7?',
      evidence: { build: 7 },
      decided_by: null,
    });
    await decide(run, 'approve', { as: 'carol' });
    expect((await resultOf(run)).status).toBe('succeeded');
  });

  it('fails when its approvers are no list of names, or fewer than must approve', async () => {
    const ask = (team: number | string[]): Promise<RunResult> =>
      rig.run(
        aPlan([anApproval('sign-off', { approvers: '${{ variables.team }}', required: 2 })], {
          variables: { team },
        }),
      );
    expect((await ask(3)).error?.message).toBe('approvers gave 3, expected a list of names');
    expect((await ask(['carol'])).error?.message).toBe(
      '2 people must approve, but approvers names only carol',
    );
  });

  it('takes no slot while it waits', async () => {
    const side = aStage('side', { action: echo });
    const run = await rig.start(aPlan([anApproval('sign-off'), side], { max_parallel_stages: 1 }));
    const seen = await untilStage(run, 'side', 'succeeded');
    expect(seen.stages['sign-off']?.status).toBe('awaiting_approval');
    await decide(run, 'approve', { as: 'bob' });
    await resultOf(run);
  });
});

describe('the time of an approval', () => {
  it('rejects after days without a decision', async () => {
    const result = await rig.run(aPlan([anApproval('sign-off', { timeout_ms: 3 * DAY })]));
    expect(result).toMatchObject({
      status: 'failed',
      error: {
        type: 'Rejected',
        message: '0 of 1 needed approvals came within 3d, so it counts as rejected (on_timeout)',
      },
    });
    expect(result.stages['sign-off']).toMatchObject({
      status: 'timed_out',
      approval: { decided_by: 'timeout', decisions: [] },
    });
    expect(result.stages['sign-off']?.duration_ms).toBeGreaterThanOrEqual(3 * DAY);
  });

  it('approves after its time where the definition says so', async () => {
    const fields = { count: { type: 'integer', required: false, default: 5 } } as const;
    const result = await rig.run(
      aPlan([anApproval('sign-off', { timeout_ms: 30 * DAY, on_timeout: 'approve', fields }), after]),
    );
    expect(result.stages['sign-off']).toMatchObject({
      status: 'succeeded',
      output: { approved: true, count: 5, approvers: [], timed_out: true },
    });
    expect(result.stages['after']?.status).toBe('succeeded');
  });

  it('counts what was approved before it is up, and stops with the decision', async () => {
    const run = await rig.start(aPlan([anApproval('sign-off', { timeout_ms: 2 * DAY, required: 2 })]));
    await untilStage(run, 'sign-off', 'awaiting_approval');
    await decide(run, 'approve', { as: 'alice' });
    await rig.env.sleep(2 * DAY - HOUR);
    await decide(run, 'approve', { as: 'bob' });
    const result = await resultOf(run);
    expect(result.status).toBe('succeeded');
    expect(result.total_duration_ms).toBeLessThan(2 * DAY);
  });

  it('ends with the time of the run', async () => {
    const result = await rig.run(aPlan([anApproval('sign-off')], { timeout_ms: DAY }));
    expect(result.status).toBe('timed_out');
    expect(result.stages['sign-off']?.status).toBe('cancelled');
  });
});

describe('a decision that does not count', () => {
  it('is refused before the stage waits', async () => {
    const wait = aStage('wait', { action: { kind: 'sleep', duration: DAY } });
    const run = await rig.start(aPlan([wait, anApproval('sign-off', {}, { depends_on: ['wait'] })]));
    await untilStage(run, 'wait', 'running');
    expect(await refusalOf(decide(run, 'approve', { stage: 'sign-off', as: 'bob' }))).toBe(
      'Stage "sign-off" does not wait for approval yet: it is pending.',
    );
    await run.cancel();
    expect((await resultOf(run)).status).toBe('cancelled');
  });

  it('is noted and changes nothing when it comes by signal', async () => {
    const run = await rig.start(aPlan([anApproval('sign-off', { required: 2 })]));
    await untilStage(run, 'sign-off', 'awaiting_approval');
    await run.signal('approve', { stage: 'sign-off', as: 'mallory' });
    await run.signal('approve', 'yes');
    await run.signal('approve', { stage: 'sign-off', as: 'alice', comment: 'by hand' });
    await run.signal('approve', { stage: 'sign-off', as: 'alice' });
    const seen = await run.query<{ notes: string[] }>('status');
    expect(seen.notes).toEqual([
      'approve was refused: "mallory" is not among the approvers of stage "sign-off": alice, bob.',
      'approve was refused: Expected an object such as {"stage": "sign-off", "as": "alice"}.',
      'approve was refused: "alice" has already approved stage "sign-off".',
    ]);
    await run.signal('approve', { stage: 'sign-off', as: 'bob' });
    const result = await resultOf(run);
    expect(result.stages['sign-off']?.approval?.decisions).toMatchObject([
      { by: 'alice', via: 'signal', comment: 'by hand' },
      { by: 'bob', via: 'signal' },
    ]);
  });
});
