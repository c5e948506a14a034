import { DateTime } from 'luxon';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quietUntil } from '../../../src/engine/quiet-hours.js';

const night = { from: 22 * 60, to: 7 * 60, timezone: 'Europe/Berlin', below: 'high' } as const;
const until = (
  text: string,
  hours: typeof night | { from: number; to: number; timezone: string; below: 'high' } = night,
) => {
  const end = quietUntil(hours, Date.parse(text));
  return end === null ? null : new Date(end).toISOString();
};

describe('quiet hours', () => {
  it.each([
    ['2026-01-05T20:59:00Z', null],
    ['2026-01-05T21:00:00Z', '2026-01-06T06:00:00.000Z'],
    ['2026-01-06T05:59:59Z', '2026-01-06T06:00:00.000Z'],
    ['2026-01-06T06:00:00Z', null],
    ['2026-07-05T20:30:00Z', '2026-07-06T05:00:00.000Z'],
  ])('over midnight: at %s they last until %s', (at, end) => {
    expect(until(at)).toBe(end);
  });

  it('end by the clocks of their time zone in the nights in which those are changed', () => {
    expect(until('2026-03-28T22:00:00Z')).toBe('2026-03-29T05:00:00.000Z');
    expect(until('2026-10-24T21:00:00Z')).toBe('2026-10-25T06:00:00.000Z');
  });

  it('may lie within a day', () => {
    const noon = { ...night, from: 12 * 60, to: 13 * 60 + 30, timezone: 'Asia/Kolkata' };
    expect(until('2026-01-05T06:30:00Z', noon)).toBe('2026-01-05T08:00:00.000Z');
    expect(until('2026-01-05T08:00:00Z', noon)).toBeNull();
  });

  it('end when the clock shows their end, at any time of any year', () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC');
    const instant = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) });
    fc.assert(
      fc.property(minute, minute, zone, instant, (from, to, timezone, at) => {
        fc.pre(from !== to);
        const hours = { from, to, timezone, below: 'high' } as const;
        const end = quietUntil(hours, at);
        if (end === null) return;
        expect(end).toBeGreaterThan(at);
        const shown = DateTime.fromMillis(end, { zone: timezone });
        const before = DateTime.fromMillis(at, { zone: timezone });
        // Where the clocks are changed in between, an end that they never show is a moment later or earlier.
        if (shown.offset === before.offset) expect(shown.hour * 60 + shown.minute).toBe(to);
      }),
      { numRuns: 300 },
    );
  });
});
