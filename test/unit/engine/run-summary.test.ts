import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StageResult } from '../../../src/engine/result.js';
import { SUMMARY_MEMO, summarize, summaryIn } from '../../../src/engine/run-summary.js';
import { aRunResult, at } from '../../support/a-run.js';

const ended = (from: number, to: number, more: Partial<StageResult> = {}): Partial<StageResult> => ({
  status: 'succeeded',
  attempts: 1,
  started_at: at(from),
  ended_at: at(to),
  duration_ms: (to - from) * 1000,
  ...more,
});

describe('the summary that a run leaves', () => {
  it('holds the time, the attempts, the wait, the counters and the error of each stage', () => {
    const error = { type: 'HttpError', message: 'x'.repeat(500), stage: 'load' };
    const summary = summarize(
      aRunResult(
        {
          fetch: ended(2, 5, { queue_ms: 700, metrics: { rows: 12 } }),
          load: ended(5, 9, { status: 'failed', attempts: 3, error }),
          report: { status: 'skipped', skip_reason: 'upstream' },
        },
        { status: 'failed', success: false, total_duration_ms: 10_000, error, metrics: { rows: 12 } },
      ),
    );
    expect(summary).toEqual({
      v: 1,
      status: 'failed',
      ms: 10_000,
      queue_ms: 2000,
      error: { ...error, message: 'x'.repeat(200) },
      counts: { succeeded: 1, failed: 1, skipped: 1 },
      retries: 2,
      metrics: { rows: 12 },
      stages: {
        fetch: { at: 2000, ms: 3000, queue_ms: 700, metrics: { rows: 12 } },
        load: { status: 'failed', at: 5000, ms: 4000, attempts: 3, error: 'HttpError' },
        report: { status: 'skipped' },
      },
    });
  });

  it('keeps the failed and the slowest stages of a run that has thousands', () => {
    const stages = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [`stage-${index}`, ended(0, index % 977)]),
    );
    const error = { type: 'Error', message: '', stage: 'bad' };
    const summary = summarize(aRunResult({ ...stages, bad: ended(0, 0, { status: 'failed', error }) }));
    const kept = Object.values(summary.stages);
    expect(Object.keys(summary.stages)).toContain('bad');
    expect(kept.length + (summary.left_out ?? 0)).toBe(5001);
    expect(
      Math.min(...kept.filter(({ error }) => error === undefined).map(({ ms = 0 }) => ms)),
    ).toBeGreaterThan(900_000);
    expect(summary.counts).toEqual({ succeeded: 5000, failed: 1 });
  });

  it('is never larger than 9,000 characters, and accounts for every stage', () => {
    const stage = fc.record({
      status: fc.constantFrom('succeeded' as const, 'failed' as const, 'skipped' as const),
      attempts: fc.nat(9),
      duration_ms: fc.option(fc.nat(1e7)),
      metrics: fc.dictionary(fc.string({ maxLength: 60 }), fc.double({ noNaN: true }), { maxKeys: 20 }),
    });
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_-]{0,40}$/), stage, { maxKeys: 120 }),
        fc.dictionary(fc.string({ maxLength: 40 }), fc.double({ noNaN: true }), { maxKeys: 60 }),
        (stages, metrics) => {
          const summary = summarize(aRunResult(stages, { metrics }));
          expect(JSON.stringify(summary).length).toBeLessThan(9000);
          const kept = Object.keys(summary.stages).length;
          expect(kept + (summary.left_out ?? 0)).toBe(Object.keys(stages).length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is not found in a memo of another kind', () => {
    expect(summaryIn(undefined)).toBeNull();
    expect(summaryIn({ [SUMMARY_MEMO]: 'a text' })).toBeNull();
    expect(summaryIn({ [SUMMARY_MEMO]: { v: 2, stages: {} } })).toBeNull();
    expect(summaryIn({ [SUMMARY_MEMO]: summarize(aRunResult({})) })).toMatchObject({ v: 1 });
  });
});
