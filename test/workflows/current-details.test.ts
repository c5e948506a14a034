import { afterAll, beforeAll, expect, it } from 'vitest';
import { aPlan, aStage } from '../support/a-plan.js';
import { resultOf } from '../support/result-of.js';
import { WorkflowRig } from '../support/workflow-rig.js';

let rig: WorkflowRig;

beforeAll(async () => {
  rig = await WorkflowRig.create({ echo: (task) => ({ output: task.params }) });
});
afterAll(() => rig.close());

it('shows a table of its stages as they are when somebody looks', async () => {
  const uses = (id: string) => aStage(id, { action: { kind: 'uses', uses: 'echo', with: {} } });
  const handle = await rig.start(aPlan([uses('first'), aStage('second', { enabled: false })]));
  await resultOf(handle);
  const { currentDetails } = await handle.query<{ readonly currentDetails: string }>(
    '__temporal_workflow_metadata',
  );
  const [counts, , ...table] = currentDetails.split('\n');
  expect(counts).toBe('**2 stages**: 1 succeeded, 1 skipped');
  expect(table[2]).toMatch(/^\| first \| first \| succeeded \| 1 \| .* \| {2}\|$/);
  expect(table[3]).toMatch(/^\| second \| second \| skipped \| 1 \| .* \| disabled \|$/);
});
