import { describe, expect, it } from 'vitest';
import { canarySchedule, scheduleProblem } from '../../../src/engine/canary-schedule.js';

describe('the schedule of a canary', () => {
  it('has the usual times where none are given, and ends with all traffic', () => {
    expect(canarySchedule({ steps: [5, { weight: 50, soak: '10m' }] })).toEqual({
      steps: [
        { weight: 5, soak_ms: 300_000 },
        { weight: 50, soak_ms: 600_000 },
        { weight: 100, soak_ms: 0 },
      ],
      rules: { interval_ms: 30_000, window_ms: 30_000, inconclusive_after_ms: 300_000 },
    });
  });

  it.each([
    [{ steps: ['5'] }, 'step 1 gave "5", which is no weight from 1 to 100'],
    [{ steps: [5, 101] }, 'step 2 gave 101, which is no weight from 1 to 100'],
    [{ steps: [50, 25] }, 'the steps must ascend, and gave 50, 25'],
    [{ steps: [5], soak: 'soon' }, 'soak gave "soon", which is no duration such as "90s"'],
    [
      { steps: [{ weight: 5, soak: null }] },
      'the soak of step 1 gave null, which is no duration such as "90s"',
    ],
    [{ steps: [5], interval: 0 }, 'interval gave 0, which is no duration such as "90s"'],
    [
      { steps: [5, 100], soak: '10s' },
      'the step of 5 percent ends after 10s, before its first evaluation after 30s',
    ],
  ])('of %j is refused', (wanted, problem) => {
    expect(scheduleProblem(wanted)).toBe(problem);
  });

  it('of short steps is fine where they are measured as often', () => {
    expect(scheduleProblem({ steps: [5, 100], soak: '2s', interval: '1s' })).toBeNull();
  });
});
