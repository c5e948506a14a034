import pc from 'picocolors';
import { expect, it } from 'vitest';
import type { RunEventBody } from '../../../../src/client/events/run-event.js';
import { eventText } from '../../../../src/client/render/event-text.js';
import { aRunResult, at } from '../../../support/a-run.js';

const plain = pc.createColors(false);

const stage = { at: at(1), stage: 'load' };
const completed = {
  ...stage,
  type: 'stage_completed' as const,
  attempts: 1,
  duration_ms: 1_500,
  error: null,
  skip_reason: null,
  reused_from: null,
};
const failed = {
  ...stage,
  type: 'stage_error' as const,
  attempt: 2,
  error: { type: 'Flaky', message: 'cut\noff' },
};

const CASES: ReadonlyArray<readonly [RunEventBody, string]> = [
  [{ type: 'wave', at: at(1), number: 2, stages: ['a', 'b'] }, 'wave 2: a, b'],
  [{ ...stage, type: 'stage_started' }, '▶ load'],
  [
    { ...stage, type: 'stage_changed', status: 'waiting', waiting_for: 'pool "gpu"' },
    '◌ load waiting for pool "gpu"',
  ],
  [{ ...failed, will_retry: false, next_attempt_at: null }, '↻ load attempt 2 failed: Flaky: cut off'],
  [
    { ...failed, will_retry: true, next_attempt_at: at(9) },
    `↻ load attempt 2 failed: Flaky: cut off; tried again at ${at(9)}`,
  ],
  [{ ...completed, status: 'succeeded' }, '✔ load succeeded in 1.5s'],
  [
    { ...completed, status: 'skipped', skip_reason: 'mode', duration_ms: null },
    '↷ load skipped: not part of this mode',
  ],
  [{ type: 'note', at: at(1), text: 'paused by ada' }, '! paused by ada'],
  [{ type: 'run_ended', at: at(10), result: aRunResult({}) }, '✔ run succeeded in 10s'],
];

it.each(CASES)('says %o in one line', (body, words) => {
  expect(eventText({ ...body, cursor: 'c' }, plain).slice(26)).toBe(words);
});

it('indents progress, which has no time of its own', () => {
  const text = eventText(
    { type: 'stage_progress', stage: 'load', fraction: 0.25, message: 'rows', cursor: 'c' },
    plain,
  );
  expect(text.trim()).toBe('load 25% rows');
});
