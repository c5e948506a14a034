import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import { expect, it } from 'vitest';
import { endingOf, resultFromStatus, statusFromResult } from '../../../src/client/ended-run.js';
import { resultInFailure } from '../../../src/worker/result-in-failure.js';
import { aRunResult, aRunStatus, at } from '../../support/a-run.js';

function ended(cause: Error): WorkflowFailedError {
  return new WorkflowFailedError('Workflow execution failed', cause, 'NON_RETRYABLE_FAILURE');
}

it('takes the result of a failed run out of its failure', () => {
  const result = aRunResult({ train: { status: 'failed' } }, { status: 'failed', success: false });
  const failure = ApplicationFailure.create({ type: 'PipelineFailed', message: 'failed', details: [result] });
  expect(resultInFailure(ended(failure))).toEqual(result);
});

it('finds no result in a failure that carries none', () => {
  expect(
    resultInFailure(ended(ApplicationFailure.create({ message: 'broken', details: ['text'] }))),
  ).toBeNull();
  expect(resultInFailure(new Error('connection lost'))).toBeNull();
});

it.each([
  ['cancelled', new CancelledFailure('cancelled'), null],
  ['cancelled', new TerminatedFailure('stuck'), { type: 'Terminated', message: 'stuck', stage: '' }],
  [
    'timed_out',
    ApplicationFailure.create({ type: 'PipelineTimedOut', message: 'after 2h' }),
    { type: 'PipelineTimedOut' },
  ],
  ['timed_out', new TimeoutFailure('timeout', undefined, 'START_TO_CLOSE'), { type: 'TimeoutError' }],
  [
    'failed',
    ApplicationFailure.create({ type: 'ConcurrencyConflict', message: 'busy' }),
    { message: 'busy' },
  ],
])('reads a run as %s from %s', (status, cause, error) => {
  const ending = endingOf(ended(cause));
  expect(ending.status).toBe(status);
  if (error === null) expect(ending.error).toBeNull();
  else expect(ending.error).toMatchObject(error);
});

it('does not take a lost connection for the end of a run', () => {
  expect(() => endingOf(new Error('connection lost'))).toThrow('connection lost');
});

it('counts what had not ended as cancelled, and keeps what had', () => {
  const status = aRunStatus(
    {
      load: { status: 'succeeded', started_at: at(0), ended_at: at(2), output: { rows: 3 } },
      train: { status: 'running', started_at: at(2) },
      report: { status: 'pending' },
    },
    { notes: ['paused'] },
  );
  const result = resultFromStatus(status, { status: 'cancelled', error: null }, at(5));
  expect(result).toMatchObject({
    status: 'cancelled',
    success: false,
    ended_at: at(5),
    total_duration_ms: 5000,
  });
  expect(result.stages['load']).toMatchObject({ status: 'succeeded', output: { rows: 3 } });
  expect(result.stages['train']).toMatchObject({ status: 'cancelled', ended_at: at(5) });
  expect(result.stages['report']).toMatchObject({ status: 'cancelled', ended_at: null });
  expect(Object.keys(result)).not.toContain('notes');
});

it('shows a result as a status that is all done', () => {
  const result = aRunResult(
    { load: { status: 'succeeded' }, train: { status: 'failed' } },
    { failed_stages: ['train'] },
  );
  expect(statusFromResult(result).progress).toEqual({
    total: 2,
    done: 2,
    running: 0,
    failed: 1,
    fraction: 1,
  });
});
