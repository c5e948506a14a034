import { expect, it } from 'vitest';
import type { LiveAttempt } from '../../../src/client/live-attempt.js';
import { upToNow } from '../../../src/client/up-to-now.js';
import { aRunStatus, at, START } from '../../support/a-run.js';

const second: LiveAttempt = {
  activityId: 'load',
  attempt: 2,
  maxAttempts: 3,
  started: true,
  progress: null,
  lastError: null,
  nextAttemptAt: null,
};

it('counts the time of a run that waits, although its workflow does nothing meanwhile', () => {
  const status = aRunStatus({}, { total_duration_ms: 1900 });
  expect(upToNow(status, new Map(), START + 60_000).total_duration_ms).toBe(60_000);
  const ended = aRunStatus({}, { total_duration_ms: 1900, ended_at: at(1.9) });
  expect(upToNow(ended, new Map(), START + 60_000)).toBe(ended);
});

it('counts the open attempt of a stage together with those before a person decided', () => {
  const decisions = [
    { decision: 'retry', by: 'ada', at: at(3), reason: null, attempts: 3, error: null },
  ] as const;
  const status = aRunStatus({ load: { status: 'running', decisions }, other: { status: 'running' } });
  const { stages } = upToNow(status, new Map([['load', second]]), START);
  expect(stages['load']?.attempts).toBe(5);
  expect(stages['other']?.attempts).toBe(0);
});
