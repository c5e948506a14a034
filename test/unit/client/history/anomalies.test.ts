import { expect, it } from 'vitest';
import { findAnomalies } from '../../../../src/client/history/anomalies.js';
import { aPastRun, pastRuns } from '../../../support/a-past-run.js';

const PERIOD = { pipeline: null, from: null, to: null };
const minutes = (count: number) => Array.from({ length: count }, (_, index) => index);

it('finds nothing among runs that are alike', () => {
  const runs = minutes(40).map((n) => aPastRun(n, { duration_ms: 60_000 + (n % 7) * 500 }));
  expect(findAnomalies(pastRuns(runs), PERIOD)).toMatchObject({ anomalies: [], checked: 40, too_few: [] });
});

it('says by how much a run was slow, which stage was, and against what', () => {
  const run = (n: number, ms: number) =>
    aPastRun(n, {
      duration_ms: ms,
      summary: { stages: { load: { at: 0, ms: ms - 500 }, save: { at: 0, ms: 400 } } },
    });
  const runs = [...minutes(30).map((n) => run(n, 60_000 + (n % 5) * 1000)), run(30, 248_000)];
  const { anomalies } = findAnomalies(pastRuns(runs), PERIOD);
  expect(anomalies).toMatchObject([
    { kind: 'duration', workflow_id: 'market-data/30', stage: null, value: 248_000, ratio: 4 },
    { kind: 'stage_duration', stage: 'load' },
  ]);
  expect(anomalies[0]?.message).toBe(
    'took 4m 8s, 4 times the usual 1m 2s (median of 31 runs; up to 1m 17s is normal)',
  );
  expect(anomalies[1]?.message).toMatch(/^stage "load" took 4m 7s, 4 times the usual 1m 1s/);
});

it('finds a run that goes on for longer than any other took', () => {
  const runs = minutes(20).map((n) => aPastRun(n));
  const stuck = aPastRun(21, { status: 'running', duration_ms: 3_600_000 });
  const young = aPastRun(22, { status: 'running', duration_ms: 100 });
  const { anomalies } = findAnomalies(pastRuns([...runs, stuck, young]), PERIOD);
  expect(anomalies.map(({ message }) => message)).toEqual([
    'has been running for 1h, 360 times the usual 10s (median of 20 runs; up to 12.5s is normal)',
  ]);
});

it('finds a run that counted fewer records, and one that cost more', () => {
  const run = (n: number, rows: number, cost: number) =>
    aPastRun(n, { summary: { metrics: { rows, cost } } });
  const runs = [...minutes(20).map((n) => run(n, 9000 + n, 0.02)), run(20, 0, 0.02), run(21, 9021, 0.5)];
  expect(findAnomalies(pastRuns(runs), PERIOD).anomalies).toMatchObject([
    { kind: 'cost', workflow_id: 'market-data/21', ratio: 25 },
    { kind: 'records', workflow_id: 'market-data/20', value: 0, ratio: 0 },
  ]);
});

it('compares runs with those of the same pipeline in the same mode only', () => {
  const daily = minutes(20).map((n) => aPastRun(n, { mode: 'daily' }));
  const weekly = minutes(20).map((n) => aPastRun(100 + n, { mode: 'weekly', duration_ms: 500_000 }));
  expect(findAnomalies(pastRuns([...daily, ...weekly]), PERIOD).anomalies).toEqual([]);
});

it('says where there are too few runs to tell', () => {
  const runs = minutes(9).map((n) => aPastRun(n, { duration_ms: n === 8 ? 1e7 : 1000 }));
  expect(findAnomalies(pastRuns(runs), PERIOD)).toMatchObject({
    anomalies: [],
    checked: 0,
    needed: 10,
    too_few: [{ pipeline: 'market-data', mode: null, runs: 9 }],
  });
});

it('finds a pipeline, and its stage, that fails more often than before', () => {
  const failed = {
    status: 'failed' as const,
    summary: { stages: { load: { status: 'failed' as const, at: 0 } } },
  };
  const runs = minutes(60).map((n) =>
    aPastRun(n, n > 54 || n === 3 ? failed : { summary: { stages: { load: { at: 0, ms: 10 } } } }),
  );
  const { anomalies } = findAnomalies(pastRuns(runs), PERIOD);
  expect(anomalies.map(({ message }) => message)).toEqual([
    'failed in 5 of its last 10 runs; before, in 1 of 50',
    'stage "load" failed in 5 of its last 10 runs; before, in 1 of 50',
  ]);
  expect(anomalies[0]).toMatchObject({ value: 0.5, usual: { median: 0.02, runs: 50 }, ratio: 25 });
});

it('does not call it unusual when a pipeline fails as often as ever', () => {
  const runs = minutes(60).map((n) => aPastRun(n, n % 3 === 0 ? { status: 'failed' } : {}));
  expect(findAnomalies(pastRuns(runs), PERIOD).anomalies).toEqual([]);
});
