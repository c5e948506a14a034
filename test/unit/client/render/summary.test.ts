import { expect, it } from 'vitest';
import { failureBlocks, summaryLine, summaryRows } from '../../../../src/client/render/summary.js';
import { aRunResult, aRunStatus, at, START } from '../../../support/a-run.js';
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

const approval = {
  message: 'Ship?',
  approvers: ['ada'],
  required: 1,
  since: at(2),
  times_out_at: null,
  on_timeout: 'reject',
  evidence: null,
  fields: {},
  decisions: [],
  decided_by: null,
} as const;

it('says of stages that have not ended how long they take, and what they wait for', () => {
  const started_at = at(2);
  const status = aRunStatus({
    load: { status: 'running', attempts: 2, started_at },
    train: { status: 'held', attempts: 3, started_at, error },
    ask: { status: 'awaiting_approval', started_at, approval },
    ship: { status: 'waiting', waiting_for: 'pool "gpu"' },
  });
  const live = new Map([
    [
      'load',
      {
        activityId: 'load',
        attempt: 2,
        maxAttempts: 3,
        started: false,
        progress: null,
        lastError: { type: 'HttpError', message: '503' },
        nextAttemptAt: START + 12_000,
      },
    ],
  ]);
  expect(summaryRows(status, plain, { live, now: START + 10_000 })).toEqual([
    ['load', '▶ running', '2', '8s', 'attempt 2 of 3 in 2s after HttpError: 503'],
    [
      'train',
      '◆ held',
      '3',
      '8s',
      'waits for retry, skip or fail after CommandError: exited with code 3. Its last lines: no luck',
    ],
    ['ask', '◆ awaiting approval', '', '8s', 'waits for approval by ada (0 of 1)'],
    ['ship', '◌ waiting', '', '', 'waits for pool "gpu"'],
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
