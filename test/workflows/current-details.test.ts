import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunStatus } from '../../src/engine/result.js';
import { aMappedStage } from '../support/a-map.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { anApproval, decide, untilStage } from '../support/approvals.js';
import { resultOf } from '../support/result-of.js';
import { WorkflowRig } from '../support/workflow-rig.js';

let rig: WorkflowRig;

beforeAll(async () => {
  rig = await WorkflowRig.create({
    echo: (task) => ({ output: task.params }),
    bad: () => {
      throw ApplicationFailure.nonRetryable('no | data', 'Picky');
    },
  });
});
afterAll(() => rig.close());

async function detailsOf(handle: WorkflowHandle): Promise<string> {
  const { currentDetails } = await handle.query<{ readonly currentDetails: string }>(
    '__temporal_workflow_metadata',
  );
  return currentDetails;
}

it('shows a table of its stages as they are when somebody looks', async () => {
  const uses = (id: string) => aStage(id, { action: { kind: 'uses', uses: 'echo', with: {} } });
  const handle = await rig.start(aPlan([uses('first'), aStage('second', { enabled: false })]));
  await resultOf(handle);
  const currentDetails = await detailsOf(handle);
  const [counts, , ...table] = currentDetails.split('\n');
  expect(counts).toBe('**2 stages**: 1 succeeded, 1 skipped');
  expect(table[2]).toMatch(/^\| first \| first \| succeeded \| 1 \| .* \| {2}\|$/);
  expect(table[3]).toMatch(/^\| second \| second \| skipped \| 1 \| .* \| disabled \|$/);
});

it('shows above it who paused the run and which alarms came, in it what is held, and below it what people are asked', async () => {
  const load = aStage('load', {
    action: { kind: 'uses', uses: 'bad', with: {} },
    hold: { timeout_ms: null, on_timeout: 'fail' },
  });
  const nap = aStage('nap', { action: { kind: 'sleep', duration: 3_600_500 }, deadline_ms: 1_000 });
  const ask = anApproval('ask', {
    evidence: { rows: 3 },
    fields: { share: { type: 'integer', required: true } },
  });
  const spare = aStage('spare', {
    action: { kind: 'uses', uses: 'bad', with: {} },
    fallback: { type: 'value', value: 7 },
  });
  const handle = await rig.start(aPlan([load, nap, ask, spare], { failure: 'continue' }));
  await untilStage(handle, 'load', 'held');
  await untilStage(handle, 'spare', 'reused');
  await handle.executeUpdate('amend_run', { args: [{ by: 'bob', max_parallel_stages: 3 }] });
  await handle.executeUpdate('pause', { args: [{ by: 'ada', reason: 'the source <b> is down' }] });
  await rig.env.sleep(60_000);
  const lines = (await detailsOf(handle)).split('\n');
  expect(lines[0]).toMatch(/^\*\*Paused\*\* by ada since \S+: the source &lt;b> is down$/);
  expect(lines).toContainEqual(
    expect.stringMatching(/^\*\*Changed\*\* by bob at \S+: max_parallel_stages is 3$/),
  );
  expect(lines).toContainEqual(expect.stringContaining('| Picky: no \\| data; fell back on a value |'));
  expect(lines).toContainEqual(expect.stringMatching(/^\*\*Alarm\*\* \S+: stage "nap" missed its deadline$/));
  expect(lines).toContainEqual(
    expect.stringContaining('| Picky: no \\| data; waits for retry, skip or fail |'),
  );
  expect(lines.slice(lines.indexOf('**ask** asks: Ship it?'))).toEqual([
    '**ask** asks: Ship it?',
    '',
    '```json',
    '{',
    '  "rows": 3',
    '}',
    '```',
    '',
    '- share: integer, required',
  ]);
  await decide(handle, 'approve', { as: 'alice', fields: { share: 5 } });
  await handle.executeUpdate('unpause', { args: [{ by: 'ada' }] });
  await handle.executeUpdate('skip_stage', { args: [{ by: 'ada', stage: 'load' }] });
  await resultOf(handle);
  const last = await detailsOf(handle);
  expect(last).not.toContain('Paused');
  expect(last).toMatch(/\| nap \| nap \| succeeded \| 1 \| 1h(\d+s)? \|/);
});

it('shows what is asked inside of the items of a map, which people answer one by one', async () => {
  const inner = aPlan(
    [anApproval('sign', { message: 'Publish ${{ inputs.n }}?', evidence: '${{ inputs.n }}' })],
    {
      pipeline: 'inner',
      inputs: { n: { type: 'number', required: true } },
      outputs: { approvers: '${{ stages.sign.output.approvers }}' },
    },
  );
  const each = aMappedStage(
    'each',
    'echo',
    { over: { type: 'list', list: [1, 2] } },
    { action: { kind: 'pipeline', pipeline: 'inner.yaml', with: { n: '${{ item }}' } } },
  );
  const handle = await rig.start(aPlan([each], { pipelines: { 'inner.yaml': inner } }));
  await untilStage(handle, 'each', 'running');
  await decide(handle, 'approve', { stage: 'each.0/sign', as: 'alice' });
  const { item_approvals } = await handle.query<RunStatus>('status');
  expect(item_approvals).toMatchObject({ 'each.1/sign': { message: 'Publish 2?', evidence: 2 } });
  expect(Object.keys(item_approvals ?? {})).toHaveLength(1);
  expect(await detailsOf(handle)).toMatch(/\n\*\*each\.1\/sign\*\* asks: Publish 2\?\n\n```json\n2\n```$/);
  await decide(handle, 'approve', { stage: 'each.1/sign', as: 'bob' });
  const result = await resultOf(handle);
  expect(result).not.toHaveProperty('item_approvals');
  expect(result.stages['each']?.output).toEqual([{ approvers: ['alice'] }, { approvers: ['bob'] }]);
});
