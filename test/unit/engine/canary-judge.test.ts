import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, judgeKpi } from '../../../src/engine/canary-judge.js';
import { aKpi, measuredOf } from '../../support/a-canary.js';

describe('a KPI with fixed bounds', () => {
  it('is successful within them, with the room that is left', () => {
    expect(judgeKpi(aKpi({ min: 20 }), measuredOf(60), true)).toMatchObject({
      verdict: 'successful',
      margin: 40,
      reason: null,
      checks: [
        { bound: 'max', limit: 100, margin: 40 },
        { bound: 'min', limit: 20, margin: 40 },
      ],
    });
  });

  it('is failed beyond one of them, and says by how much', () => {
    expect(judgeKpi(aKpi(), measuredOf(150), true)).toMatchObject({
      verdict: 'failed',
      margin: -50,
      reason: '150 is over max 100',
    });
    expect(judgeKpi(aKpi({ max: null, min: 0.8 }), measuredOf(0.5), true).reason).toBe(
      '0.5 is under min 0.8',
    );
  });

  it('is good on a bound itself', () => {
    expect(judgeKpi(aKpi(), measuredOf(100), true).verdict).toBe('successful');
  });
});

describe('a KPI that is compared with the baseline', () => {
  const rule = (baseline: object) => aKpi({ max: null, baseline });

  it.each([
    [{ max_ratio: 1.2 }, 59, 50, 'successful', null],
    [{ max_ratio: 1.2 }, 61, 50, 'failed', '61 is over max_ratio 60 (baseline 50)'],
    [{ min_ratio: 0.9 }, 44, 50, 'failed', '44 is under min_ratio 45 (baseline 50)'],
    [{ max_increase: 0.01 }, 0.02, 0, 'failed', '0.02 is over max_increase 0.01 (baseline 0)'],
    [{ max_decrease: 0.02 }, 0.9, 0.91, 'successful', null],
    [{ max_decrease: 0.02 }, 0.88, 0.91, 'failed', '0.88 is under max_decrease 0.89 (baseline 0.91)'],
    [{ max_ratio: 1.5 }, -9, -10, 'successful', null],
    [{ max_ratio: 1.5 }, -4, -10, 'failed', '-4 is over max_ratio -5 (baseline -10)'],
  ])('by %j: %d beside %d', (bounds, candidate, baseline, verdict, reason) => {
    expect(judgeKpi(rule(bounds), measuredOf(candidate, baseline), true)).toMatchObject({ verdict, reason });
  });

  it('is judged by its fixed bounds alone where the baseline has no traffic', () => {
    const both = aKpi({ baseline: { max_ratio: 1 } });
    expect(judgeKpi(both, measuredOf(90, null), false).verdict).toBe('successful');
    expect(judgeKpi(both, measuredOf(190, null), false).verdict).toBe('failed');
  });

  it('is failed by a fixed bound also when the baseline is unknown', () => {
    expect(judgeKpi(aKpi({ baseline: { max_ratio: 1 } }), measuredOf(190, null), true).verdict).toBe(
      'failed',
    );
  });
});

describe('a KPI of which too little is known', () => {
  it.each([
    ['no value', aKpi(), measuredOf(null), 'candidate: no value'],
    [
      'an error',
      aKpi(),
      measuredOf(null, 50, { error: 'no answer within 10 s' }),
      'candidate: no answer within 10 s',
    ],
    [
      'few samples',
      aKpi({ min_samples: 10 }),
      measuredOf(500, 50, { samples: 9 }),
      'candidate: only 9 of 10 samples',
    ],
    [
      'samples that nobody counted',
      aKpi({ min_samples: 10 }),
      measuredOf(50),
      'candidate: its source does not say of how many samples, 10 are needed',
    ],
    ['no baseline', aKpi({ baseline: { max_ratio: 2 } }), measuredOf(50, null), 'baseline: no value'],
  ])('is inconclusive: %s', (_, rule, measured, reason) => {
    expect(judgeKpi(rule, measured, true)).toMatchObject({ verdict: 'inconclusive', reason });
  });
});

describe('an evaluation', () => {
  const two = [aKpi(), aKpi({ name: 'f1', max: null, min: 0.8 })];
  const measured = (p95: number | null, f1: number | null) => [
    measuredOf(p95),
    { ...measuredOf(f1), name: 'f1' },
  ];
  const verdictOf = (p95: number | null, f1: number | null) =>
    evaluate(two, measured(p95, f1), { hasBaseline: true, now: 0 }).verdict;

  it('is failed by one KPI, and inconclusive by one where none failed', () => {
    expect(verdictOf(50, 0.9)).toBe('successful');
    expect(verdictOf(500, null)).toBe('failed');
    expect(verdictOf(null, 0.9)).toBe('inconclusive');
  });

  it('is inconclusive when nothing could be measured, or a KPI was left out', () => {
    expect(evaluate(two, 'no worker', { hasBaseline: true, now: 0 })).toMatchObject({
      verdict: 'inconclusive',
      kpis: [{ reason: 'candidate: no worker' }, { reason: 'candidate: no worker' }],
    });
    expect(evaluate(two, [measuredOf(50)], { hasBaseline: true, now: 0 }).kpis[1]?.reason).toBe(
      'candidate: it was not measured',
    );
  });

  it('fails exactly when a margin is negative, whatever the bounds', () => {
    const number = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(number, number, number, number, (max, ratio, candidate, baseline) => {
        const rule = aKpi({ max, baseline: { max_increase: ratio } });
        const { verdict, checks } = judgeKpi(rule, measuredOf(candidate, baseline), true);
        expect(verdict === 'failed').toBe(candidate > max || candidate > baseline + ratio);
        expect(verdict === 'failed').toBe(checks.some(({ margin }) => margin < 0));
      }),
      { seed: 7 },
    );
  });
});
