import { expect, it } from 'vitest';
import { findAnomalies } from '../../../../src/client/history/anomalies.js';
import { unusualRuns } from '../../../../src/client/history/unusual-runs.js';
import { aPastRun, pastRuns } from '../../../support/a-past-run.js';

const PERIOD = { pipeline: null, from: null, to: null };

it('names the stages that made a run slow in one line, those with the largest difference first', () => {
  const run = (n: number, factor: number) =>
    aPastRun(n, {
      duration_ms: 100_000 * factor,
      summary: {
        stages: Object.fromEntries(
          [10, 20, 30, 40].map((seconds) => [`s${seconds}`, { at: 0, ms: seconds * 1000 * factor }]),
        ),
      },
    });
  const runs = [...Array.from({ length: 20 }, (_, n) => run(n, 1)), run(20, 3)];
  const { anomalies } = findAnomalies(pastRuns(runs), PERIOD);
  expect(anomalies).toHaveLength(5);
  expect(unusualRuns(anomalies)).toMatchObject([
    {
      workflow_id: 'market-data/20',
      messages: [
        'took 5m, 3 times the usual 1m 40s (median of 21 runs; up to 2m 5s is normal)',
        'most of it in "s40" (3 times), "s30" (3 times), "s20" (3 times) and 1 more',
      ],
    },
  ]);
});
