import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRunInput } from '../../src/engine/create-run-input.js';
import { PIPELINE_WORKFLOW } from '../../src/shared/names.js';
import { publicKeyOf } from '../../src/client/approvals/approval-keys.js';
import { signedMessage } from '../../src/client/approvals/decision.js';
import { aPlan } from '../support/a-plan.js';
import { anApproval, decide, refusalOf, untilStage } from '../support/approvals.js';
import { resultOf } from '../support/result-of.js';
import { WorkflowRig } from '../support/workflow-rig.js';

let rig: WorkflowRig;
beforeAll(async () => {
  rig = await WorkflowRig.create({});
});
afterAll(() => rig.close());

it('takes only decisions that are signed by who decides, where the run knows keys', async () => {
  const request = createRunInput(aPlan([anApproval('sign-off', { required: 2 })]), {});
  if (!('input' in request)) throw new Error('The plan cannot be run.');
  const approval_keys = { alice: publicKeyOf('alice', 'one'), bob: publicKeyOf('bob', 'two') };
  const run = await rig.env.client.workflow.start(PIPELINE_WORKFLOW, {
    taskQueue: 'rig',
    workflowId: 'example/signed',
    args: [{ ...request.input, approval_keys }],
  });
  await untilStage(run, 'sign-off', 'awaiting_approval');
  const runId = run.firstExecutionRunId;
  const sign = (as: string, secret: string, decision: 'approve' | 'reject' = 'approve') =>
    signedMessage(
      decision,
      { stage: 'sign-off', as, comment: 'so be it' },
      { runId, keys: { [as]: secret }, waiting: [] },
    );
  expect(await refusalOf(decide(run, 'approve', { stage: 'sign-off', as: 'alice' }))).toBe(
    'Decisions about this run must be signed: give the secret of "alice" in SLUICE_APPROVAL_KEYS.',
  );
  const wrong = 'The signature is not one of "alice" for this decision.';
  expect(await refusalOf(decide(run, 'approve', sign('alice', 'guess')))).toBe(wrong);
  expect(await refusalOf(decide(run, 'approve', sign('alice', 'one', 'reject')))).toBe(wrong);
  const changed = { ...sign('alice', 'one'), comment: 'something else' };
  expect(await refusalOf(decide(run, 'approve', changed))).toBe(wrong);
  await decide(run, 'approve', sign('alice', 'one'));
  await run.signal('approve', sign('bob', 'two'));
  const result = await resultOf(run);
  expect(result.stages['sign-off']?.approval?.decisions).toMatchObject([
    { by: 'alice', verified: true },
    { by: 'bob', verified: true, via: 'signal' },
  ]);
});
