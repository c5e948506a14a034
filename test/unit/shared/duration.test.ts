import { describe, expect, it } from 'vitest';
import { DURATION_PATTERN, parseDuration } from '../../../src/shared/duration.js';

describe('durations', () => {
  it.each<[string | number, number]>([
    ['90s', 90_000],
    ['500ms', 500],
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['1w', 604_800_000],
    [' 5m ', 300_000],
    ['PT5M', 300_000],
    ['P1DT12H', 129_600_000],
    ['PT1.5S', 1500],
    ['P2W', 1_209_600_000],
    [90, 90_000],
    [0.25, 250],
    [0, 0],
    ['0s', 0],
  ])('%j is %d ms', (value, ms) => {
    expect(parseDuration(value)).toBe(ms);
    if (typeof value === 'string') expect(value).toMatch(new RegExp(DURATION_PATTERN));
  });

  it.each([
    'abc',
    '',
    ' ',
    '90',
    '5 parsecs',
    '-5s',
    '5s-3s',
    '1h30',
    's',
    '1e3s',
    '1,000s',
    'P1Y',
    'P1M',
    'P',
    'PT',
    'P1DT',
    '9999999w',
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
    true,
    [],
    {},
    '1s'.repeat(100),
  ])('%j is none', (value) => {
    expect(parseDuration(value)).toBeNull();
  });
});
