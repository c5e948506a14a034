import { expect, it } from 'vitest';
import { deadlineOf, hasDeadline } from '../../../src/engine/deadline.js';

const START = Date.parse('2026-03-01T10:00:00Z');

it('is counted from the start, and warned of when a fifth of it is left', () => {
  expect(deadlineOf({ deadline_ms: 50_000 }, START)).toEqual({ deadline: START + 50_000, warnMs: 10_000 });
  expect(deadlineOf({ deadline_ms: 50_000, deadline_warn_ms: 1 }, START)?.warnMs).toBe(1);
});

it('is an instant, whenever that is', () => {
  const at = { deadline_ms: null, deadline_at: '2026-03-01T11:00:00Z' };
  expect(deadlineOf(at, START)).toEqual({ deadline: START + 3_600_000, warnMs: 720_000 });
  expect(deadlineOf(at, START + 7_200_000)).toEqual({ deadline: START + 3_600_000, warnMs: 0 });
});

it('is none', () => {
  expect(deadlineOf({ deadline_ms: null }, START)).toBeNull();
  expect([{ deadline_ms: null }, { deadline_ms: 1 }].map(hasDeadline)).toEqual([false, true]);
});
