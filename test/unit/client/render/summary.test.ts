import { expect, it } from 'vitest';
import { failureBlocks, summaryLine, summaryRows } from '../../../../src/client/render/summary.js';
import { aRunResult } from '../../../support/a-run.js';
import { plain } from './a-model.js';

const error = {
  type: 'CommandError',
  message: 'exited with code 3. Its last lines:\nno luck\u0007',
  stage: 'train',
};

it('sums up every stage in a row', () => {
  const result = aRunResult({
    load: { status: 'succeeded', attempts: 2, duration_ms: 1500 },
    train: { status: 'failed', attempts: 1, duration_ms: 20, error },
    report: { status: 'skipped', skip_reason: 'upstream' },
  });
  expect(summaryRows(result, plain)).toEqual([
    ['load', '✔ succeeded', '2', '1.5s', ''],
    ['train', '✖ failed', '1', '20ms', 'CommandError'],
    ['report', '↷ skipped', '', '', 'something it depends on failed'],
  ]);
});

it('leaves what went well out of a long table', () => {
  const stages = Object.fromEntries(
    Array.from({ length: 60 }, (_, n) => [`s${n}`, { status: n === 7 ? 'timed_out' : 'succeeded' } as const]),
  );
  expect(summaryRows(aRunResult(stages), plain)).toEqual([
    ['s7', '⧖ timed out', '', '', ''],
    ['… and 59 more', '', '', '', ''],
  ]);
});

it('prints errors in full, without control characters', () => {
  const result = aRunResult({ train: { status: 'failed', error } });
  expect(failureBlocks(result, plain)).toEqual([
    '✖ train CommandError\n  exited with code 3. Its last lines:\n  no luck',
  ]);
});

it('names the stage inside a child pipeline where an error began', () => {
  const result = aRunResult({ child: { status: 'failed', error: { ...error, stage: 'child/train' } } });
  expect(failureBlocks(result, plain)[0]).toMatch(/^✖ child\/train CommandError/);
});

it('prints the error of a run that no stage explains', () => {
  const result = aRunResult({}, { error: { type: 'Terminated', message: 'stuck', stage: '' } });
  expect(failureBlocks(result, plain)).toEqual(['Terminated\n  stuck']);
});

it('ends with one line that says how it went', () => {
  expect(summaryLine(aRunResult({}), plain)).toBe('✔ market-data succeeded in 10s');
  expect(summaryLine(aRunResult({}, { partial: true }), plain)).toBe(
    '✔ market-data succeeded in 10s (in part: not every stage did)',
  );
  expect(summaryLine(aRunResult({}, { status: 'timed_out' }), plain)).toBe('⧖ market-data timed out in 10s');
});
