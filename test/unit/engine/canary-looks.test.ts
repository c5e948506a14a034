import { describe, expect, it } from 'vitest';
import type { CanaryInput } from '../../../src/engine/canary.js';
import { CanaryBook } from '../../../src/engine/canary-book.js';
import { otherWindows } from '../../../src/engine/canary-looks.js';
import { canaryView } from '../../../src/engine/canary-view.js';
import { aCanaryInput, aKpi, measuredOf } from '../../support/a-canary.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

type Traffic = {
  /** Requests a second that the candidate answers. */
  readonly rate: number;
  /** What is measured of it. */
  readonly value: number;
};

/** A canary that asks for a hundred samples, as its run prepares it: measured every minute. */
function sampled(overrides: Parameters<typeof aCanaryInput>[0] = {}): CanaryInput {
  const input = aCanaryInput({ kpis: [aKpi({ min_samples: 100 })], ...overrides });
  const windows = otherWindows(input.rules, input);
  return { ...input, measures: Object.fromEntries(windows.map((seconds) => [seconds, input.measure])) };
}

/** Plays a canary under even traffic, until it ends or asks people; `measured` are its windows in seconds, in order. */
function play(input: CanaryInput, { rate, value }: Traffic) {
  let now = 0;
  const book = new CanaryBook(input, now);
  const measured: { at: number; window: number; isLook: boolean }[] = [];
  for (let turn = 0; turn < 500; turn += 1) {
    const move = book.advance(now);
    if (move.type === 'end' || book.state.phase === 'asking') break;
    if (move.type === 'shift') book.shifted(move.weight, now);
    else if (move.type === 'wait') now = move.until ?? Infinity;
    else {
      const { window_seconds: window, is_look: isLook } = move;
      measured.push({ at: now / SECOND, window, isLook });
      const samples = { value: 50, samples: window * rate };
      book.measured(
        [{ ...measuredOf(value), candidate: { value, samples: window * rate }, baseline: samples }],
        now,
        move,
      );
    }
  }
  return { state: book.state, measured, endedAt: now };
}

describe('a bad candidate', () => {
  it('is taken back before its first interval is over, as soon as there are enough samples', () => {
    const { state, measured, endedAt } = play(sampled(), { rate: 4, value: 500 });
    expect(measured).toEqual([
      { at: 15, window: 15, isLook: true },
      { at: 30, window: 30, isLook: true },
    ]);
    expect(state).toMatchObject({
      phase: 'rolled_back',
      decision: { by: 'kpis', reason: 'p95: 500 is over max 100' },
      steps: [{ status: 'failed', counts: { successful: 0, failed: 1, inconclusive: 0 } }],
    });
    expect(state.steps[0]?.evaluations[0]).toMatchObject({ verdict: 'failed', window_seconds: 30 });
    expect(endedAt).toBe(30 * SECOND);
  });

  it('is taken back at its first evaluation when that is when there are enough', () => {
    const { state, endedAt } = play(sampled(), { rate: 100 / 60, value: 500 });
    expect(state.steps[0]?.counts).toEqual({ successful: 0, failed: 1, inconclusive: 0 });
    expect(endedAt).toBe(MINUTE);
  });
});

describe('a look', () => {
  it('passes nothing and counts for nothing where no bound is broken', () => {
    const { state, measured } = play(sampled(), { rate: 4, value: 50 });
    expect(state.phase).toBe('promoted');
    expect(state.steps.map(({ counts }) => counts)).toEqual([
      { successful: 10, failed: 0, inconclusive: 0 },
      { successful: 10, failed: 0, inconclusive: 0 },
      { successful: 10, failed: 0, inconclusive: 0 },
    ]);
    // Only before the first conclusive evaluation of each step.
    expect(measured.filter(({ isLook }) => isLook)).toHaveLength(9);
  });

  it.each([
    ['no KPI asks for samples', sampled({ kpis: [aKpi()] })],
    ['failed evaluations are put up with', sampled({ with: { failure_limit: 1 } })],
  ])('is not taken where %s', (_, input) => {
    const { measured } = play(input, { rate: 4, value: 500 });
    expect(measured.every(({ isLook }) => !isLook)).toBe(true);
  });

  it('does not let one request of a KPI without samples decide', () => {
    const kpis = [aKpi({ name: 'other' }), aKpi({ min_samples: 100 })];
    const input = sampled({ kpis });
    const book = new CanaryBook(input, 0);
    book.advance(0);
    book.shifted(5, 0);
    const move = book.advance(15 * SECOND);
    if (move.type !== 'measure') throw new Error('A look was due.');
    const broken = { ...measuredOf(500), name: 'other' };
    book.measured([broken, measuredOf(500, 50, { samples: 3 })], 15 * SECOND, move);
    expect(book.state.phase).toBe('soaking');
    expect(book.state.steps[0]?.counts.failed).toBe(0);
  });
});

describe('a step with few samples', () => {
  it('is measured over ever longer windows since its weight was set, until there are enough', () => {
    const { state, measured } = play(sampled(), { rate: 0.5, value: 50 });
    expect(state.phase).toBe('promoted');
    const evaluations = measured.filter(({ isLook }) => !isLook).slice(0, 5);
    expect(evaluations.map(({ at, window }) => [at, window])).toEqual([
      [60, 60],
      [120, 120],
      [180, 180],
      [240, 240],
      [300, 240],
    ]);
    expect(state.steps[0]?.counts.inconclusive).toBe(3);
  });

  it('is taken to people when no window has enough of them', () => {
    const { state } = play(sampled(), { rate: 0.1, value: 50 });
    expect(state.phase).toBe('asking');
    expect(state.question?.message).toContain('only 36 of 100 samples');
  });
});

describe('a target that refuses the way back', () => {
  const stuck = () => {
    const book = new CanaryBook(aCanaryInput({ roll_back_for_ms: 60 * MINUTE }), 0);
    book.advance(0);
    book.shifted(5, 0);
    book.rollBack({ by: 'kpis', reason: 'slow' }, 0);
    return book;
  };

  it('is asked again after ever longer pauses, and says so', () => {
    const book = stuck();
    const pauses: number[] = [];
    let now = 0;
    for (let tries = 0; tries < 6; tries += 1) {
      expect(book.advance(now)).toEqual({ type: 'shift', weight: 0 });
      book.refused(0, 'HTTP 401', now);
      const move = book.advance(now);
      if (move.type !== 'wait' || move.until === null) throw new Error('It should wait.');
      pauses.push((move.until - now) / SECOND);
      now = move.until;
    }
    expect(pauses).toEqual([5, 10, 20, 40, 60, 60]);
    const { waits_for } = canaryView(aCanaryInput(), book.state, { workflowId: 'canary/mapper', now });
    expect(waits_for).toContain('"mapper" to take weight 0, which it refused 6 times: HTTP 401; mend that');
    book.advance(now);
    book.shifted(0, now);
    expect(book.state).toMatchObject({ phase: 'rolled_back', weight: 0, decision: { reason: 'slow' } });
  });

  it('is given up after an hour, and then nobody knows the weights', () => {
    const book = stuck();
    let now = 0;
    for (let move = book.advance(now); move.type !== 'end'; move = book.advance(now)) {
      if (move.type === 'shift') book.refused(0, 'HTTP 401', now);
      else if (move.type === 'wait') now = move.until ?? Infinity;
    }
    expect(now).toBeGreaterThan(58 * MINUTE);
    expect(now).toBeLessThanOrEqual(60 * MINUTE);
    expect(book.state).toMatchObject({
      phase: 'rollback_failed',
      weight: null,
      decision: { reason: 'slow; then the target did not take weight 0: HTTP 401' },
    });
  });

  it('ends a canary at once that was begun before it could wait', () => {
    const book = new CanaryBook(aCanaryInput(), 0);
    book.advance(0);
    book.rollBack({ by: 'people', reason: 'aborted' }, 0);
    book.refused(0, 'HTTP 401', 0);
    expect(book.state.phase).toBe('rollback_failed');
  });
});
