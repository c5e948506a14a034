import { ApplicationFailure } from '@temporalio/common';
import { expect, it } from 'vitest';
import { aMappedStage } from '../../support/a-map.js';
import { aPlan } from '../../support/a-plan.js';
import { resultOf } from '../../support/result-of.js';
import { WorkflowRig } from '../../support/workflow-rig.js';

const DAYS = 48 * 3_600_000;

it('decides about held items of a large map by their timeout when nobody does', async () => {
  const rig = await WorkflowRig.create({
    picky: ({ params }) => {
      const { n } = params as { readonly n: number };
      if (n === 17) throw ApplicationFailure.nonRetryable(`${n} is bad`, 'Bad');
      return { output: n };
    },
  });
  const hold = { timeout_ms: DAYS, on_timeout: 'skip' } as const;
  const each = aMappedStage('each', 'picky', { over: { type: 'range', range: 20 } }, { hold });
  const handle = await rig.start(aPlan([each]), { more: { map_limits: { inline: 4, shard: 5 } } });
  await expect
    .poll(async () => (await handle.describe()).memo?.['awaiting'], { timeout: 30_000 })
    .toMatchObject({ 'each.17': { kind: 'held', message: '17 is bad' } });
  // A workflow that has signalled another one leaves the clock of the test server locked: it takes two to open it.
  const [result] = await Promise.all([resultOf(handle), rig.env.sleep(DAYS)]);
  expect(result.stages['each']).toMatchObject({
    status: 'succeeded',
    items: { total: 20, succeeded: 19, skipped: 1 },
  });
  expect(result.total_duration_ms).toBeGreaterThanOrEqual(DAYS);
  await rig.close();
});
