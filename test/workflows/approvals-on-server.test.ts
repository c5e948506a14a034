import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aPlan, aStage } from '../support/a-plan.js';
import { anApproval, decide, refusalOf, untilStage } from '../support/approvals.js';
import { resultOf } from '../support/result-of.js';
import { WorkflowRig } from '../support/workflow-rig.js';

// On the development server, because the test server records the workflow tasks of updates that were refused.

let rig: WorkflowRig;
beforeAll(async () => {
  rig = await WorkflowRig.createOnDevServer({ echo: (task) => ({ output: task.params }) });
});
afterAll(() => rig.close());

describe('a decision that does not count', () => {
  const length = async (run: Awaited<ReturnType<WorkflowRig['start']>>): Promise<number> =>
    (await run.fetchHistory()).events?.length ?? 0;

  it('is refused in words and leaves the history untouched', async () => {
    const first = anApproval('first');
    const second = anApproval('second', {}, { depends_on: ['first'] });
    const build = aStage('build', { action: { kind: 'set', output: 1, state: {} } });
    const run = await rig.start(aPlan([first, anApproval('other', { required: 2 }), second, build]));
    await untilStage(run, 'first', 'awaiting_approval');
    await decide(run, 'approve', { stage: 'first', as: 'alice' });
    await decide(run, 'approve', { stage: 'other', as: 'alice' });
    const before = await length(run);
    const refused = (message: object, decision: 'approve' | 'reject' = 'approve'): Promise<string> =>
      refusalOf(decide(run, decision, message as { as: string }));
    expect(await refused({ stage: 'sceond', as: 'bob' })).toBe(
      'The run has no stage "sceond". Stages here: first, other, second, build.',
    );
    expect(await refused({ stage: 'build', as: 'bob' })).toBe(
      'Stage "build" is not an approval. Waiting now: other, second.',
    );
    expect(await refused({ stage: 'first', as: 'bob' })).toBe(
      'Stage "first" does not wait for approval any more: it succeeded.',
    );
    expect(await refused({ stage: 'second', as: 'mallory' })).toBe(
      '"mallory" is not among the approvers of stage "second": alice, bob.',
    );
    expect(await refused({ stage: 'other', as: 'alice' })).toBe(
      '"alice" has already approved stage "other".',
    );
    expect(await refused({ stage: 'second', as: 'bob' }, 'reject')).toBe(
      'A rejection of stage "second" needs a reason: give it as the comment.',
    );
    expect(await refused({ as: 'bob' })).toBe(
      'Several stages wait for approval: other, second. Name one as `stage`.',
    );
    expect(await refused({ stage: 'second' })).toBe('Say who decides: `as` must be a name.');
    expect(await refused({ stage: 'second', as: 'bob', note: 'x' })).toBe(
      'Unknown key "note". Keys: stage, as, comment, fields, signature.',
    );
    expect(await length(run)).toBe(before);
    await decide(run, 'approve', { stage: 'second', as: 'bob' });
    await decide(run, 'approve', { stage: 'other', as: 'bob' });
    expect((await resultOf(run)).status).toBe('succeeded');
  });
});
