import { expect, it } from 'vitest';
import type { LiveAttempt } from '../../../src/client/live-attempt.js';
import { runChanges, type RunSnapshot } from '../../../src/client/watch-event.js';
import { aRunStatus, at } from '../../support/a-run.js';
import { aCanaryView } from '../../support/a-canary.js';

function attempt(overrides: Partial<LiveAttempt>): LiveAttempt {
  return {
    activityId: 'train',
    attempt: 1,
    maxAttempts: 3,
    started: true,
    progress: null,
    lastError: null,
    nextAttemptAt: null,
    ...overrides,
  };
}

function snapshot(status: RunSnapshot['status'], ...live: readonly LiveAttempt[]): RunSnapshot {
  return { status, live: new Map(live.map((open) => [open.activityId, open])) };
}

it('begins with the whole run', () => {
  const status = aRunStatus({ train: { status: 'running' } });
  expect(runChanges(null, snapshot(status))).toEqual([{ type: 'run_seen', status }]);
});

it('says nothing when nothing changed', () => {
  const same = snapshot(
    aRunStatus({ train: { status: 'running' } }),
    attempt({ attempt: 2, nextAttemptAt: 5 }),
  );
  expect(runChanges(same, same)).toEqual([]);
});

it('tells changes of stages in the order in which they happened, whatever their order in the file', () => {
  const before = snapshot(
    aRunStatus({ report: {}, train: { status: 'running' }, load: { status: 'running' } }),
  );
  const after = snapshot(
    aRunStatus({
      report: { status: 'running', started_at: at(9) },
      train: { status: 'succeeded', ended_at: at(8) },
      load: { status: 'failed', ended_at: at(3) },
    }),
  );
  const told = runChanges(before, after).map((event) =>
    event.type === 'stage_changed' ? event.stage : event.type,
  );
  expect(told).toEqual(['load', 'train', 'report']);
});

it('tells that an attempt failed and when the next one starts', () => {
  const status = aRunStatus({ train: { status: 'running' } });
  const error = { type: 'HttpError', message: '503' };
  const waiting = snapshot(status, attempt({ attempt: 2, lastError: error, nextAttemptAt: 1000 }));
  expect(runChanges(snapshot(status, attempt({})), waiting)).toEqual([
    {
      type: 'stage_retry',
      stage: 'train',
      retry: { attempt: 2, maxAttempts: 3, error, nextAttemptAt: 1000 },
    },
  ]);
});

it('tells progress once per step', () => {
  const status = aRunStatus({ train: { status: 'running' } });
  const half = snapshot(status, attempt({ progress: { fraction: 0.5, message: 'epoch 1' } }));
  expect(runChanges(snapshot(status, attempt({})), half)).toEqual([
    { type: 'stage_progress', stage: 'train', progress: { fraction: 0.5, message: 'epoch 1' } },
  ]);
  expect(runChanges(half, half)).toEqual([]);
});

it('tells only the notes that are new, also when the oldest ones have gone', () => {
  const before = snapshot(aRunStatus({}, { notes: ['a', 'b'] }));
  const after = snapshot(aRunStatus({}, { notes: ['b', 'c', 'd'] }));
  expect(runChanges(before, after)).toEqual([
    { type: 'note', text: 'c' },
    { type: 'note', text: 'd' },
  ]);
});

it('tells how a canary stands whenever it reports something new', () => {
  const canary = (overrides: Parameters<typeof aCanaryView>[0] = {}) =>
    snapshot(aRunStatus({ ship: { kind: 'canary', status: 'running', canary: aCanaryView(overrides) } }));
  const message = 'step 3 of 3 at 100 percent; p95 180.3 (baseline 160); waits for the soak, 4m left';
  expect(runChanges(canary(), canary({ step: 3, weight: 100 }))).toEqual([
    { type: 'stage_progress', stage: 'ship', progress: { fraction: null, message } },
  ]);
  expect(runChanges(canary(), canary())).toEqual([]);
});

it('tells what waits for people inside of maps, and when none does any more', () => {
  const status = aRunStatus({ each: { status: 'running' } });
  const since = '2026-03-01T00:00:00.000Z';
  const waiting = new Map([
    ['each.17', { kind: 'held', message: 'Bad: 17 is bad', since, times_out_at: null } as const],
  ]);
  const held = { ...snapshot(status), waiting };
  expect(runChanges(null, held)).toContainEqual({ type: 'items_waiting', items: waiting });
  expect(runChanges(held, { ...held, waiting: new Map(waiting) })).toEqual([]);
  expect(runChanges(held, snapshot(status))).toEqual([{ type: 'items_waiting', items: new Map() }]);
});
