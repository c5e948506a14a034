import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Approval } from '../../src/engine/approval.js';
import type { RunStatus } from '../../src/engine/result.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { anApproval, decide, refusalOf, untilStage } from '../support/approvals.js';
import { resultOf } from '../support/result-of.js';
import { WorkflowRig } from '../support/workflow-rig.js';

const HOUR = 3_600_000;

let rig: WorkflowRig;
beforeAll(async () => {
  rig = await WorkflowRig.create({});
});
afterAll(() => rig.close());

/** A run that goes on in a new history while its approval waits, with alice's vote from before. */
async function goingOn(timeoutMs: number) {
  const since = new Date(Date.now() - HOUR).toISOString();
  const wait: Approval = {
    message: 'Ship it?',
    approvers: ['alice', 'bob'],
    required: 2,
    since,
    times_out_at: new Date(Date.now() + timeoutMs).toISOString(),
    on_timeout: 'reject',
    evidence: null,
    fields: {},
    decisions: [
      { by: 'alice', decision: 'approve', at: since, comment: null, via: 'update', verified: false },
    ],
    decided_by: null,
  };
  const open = [{ id: 'sign-off', status: 'awaiting_approval' as const, started_at: since, wait }];
  const carried = { started_at: since, ended: [], state: {}, metrics: {}, notes: [], stopped: null, open };
  const after = aStage('after', {
    action: { kind: 'set', output: 'done', state: {} },
    depends_on: ['sign-off'],
  });
  const plan = aPlan([anApproval('sign-off', { required: 2, timeout_ms: 2 * HOUR }), after]);
  return rig.start(plan, { more: { carried } });
}

describe('an approval that waits while its run goes on in a new history', () => {
  it('keeps the votes that came before, and counts nobody twice', async () => {
    const run = await goingOn(10 * HOUR);
    const seen = await run.query<RunStatus>('status');
    expect(seen.stages['sign-off']?.approval?.decisions).toMatchObject([{ by: 'alice' }]);
    expect(await refusalOf(decide(run, 'approve', { stage: 'sign-off', as: 'alice' }))).toBe(
      '"alice" has already approved stage "sign-off".',
    );
    await decide(run, 'approve', { stage: 'sign-off', as: 'bob' });
    const result = await resultOf(run);
    expect(result.stages['after']?.output).toBe('done');
    expect(result.stages['sign-off']?.approval?.decisions.map(({ by }) => by)).toEqual(['alice', 'bob']);
  });

  it('still times out when it would have', async () => {
    const run = await goingOn(3 * HOUR);
    const result = await resultOf(run);
    expect(result.stages['sign-off']).toMatchObject({
      status: 'timed_out',
      approval: { decided_by: 'timeout', decisions: [{ by: 'alice' }] },
    });
  });
});

describe('the memo of a run', () => {
  it('shows what waits for approval as long as it waits', async () => {
    const run = await rig.start(aPlan([anApproval('sign-off', { required: 2 })]));
    await untilStage(run, 'sign-off', 'awaiting_approval');
    await decide(run, 'approve', { as: 'alice' });
    expect((await run.describe()).memo?.['awaiting']).toMatchObject({
      'sign-off': { kind: 'approval', message: 'Ship it?', approved_by: ['alice'], required: 2 },
    });
    await decide(run, 'reject', { as: 'bob', comment: 'no' });
    await resultOf(run);
    expect((await run.describe()).memo?.['awaiting'] ?? null).toBeNull();
  });
});
