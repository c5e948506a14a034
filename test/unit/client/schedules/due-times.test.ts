import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueTimes } from '../../../../src/client/schedules/due-times.js';
import { scheduleTimes } from '../../../../src/client/schedules/schedule-times.js';
import type { SchedulePlan } from '../../../../src/engine/schedule-plan.js';
import { aSchedule } from '../../../support/a-schedule.js';

const NOW = new Date('2026-10-01T00:00:00Z');

async function due(overrides: Partial<SchedulePlan>, after: string, count: number, now = NOW) {
  const times = await scheduleTimes(aSchedule(overrides), now);
  return dueTimes(times, { after: new Date(after), count });
}

/** What is made up for at a time that comes twice begins a second later. */
function minutes(times: readonly { readonly at: Date }[]): readonly string[] {
  return times.map(({ at }) => `${at.toISOString().slice(0, 16)}Z`);
}

/** The same by a library that shares nothing with what is tested. */
function byCroner(cron: string, timezone: string, after: string, count: number): readonly string[] {
  const runs = new Cron(cron, { timezone }).nextRuns(count, new Date(after));
  return runs.map((at) => `${at.toISOString().slice(0, 16)}Z`);
}

describe('the next times of a schedule', () => {
  it('are those of an independent library over a change of the clock in autumn and in spring', async () => {
    for (const [cron, timezone] of [
      ['0 19 * * 1-5', 'America/New_York'],
      ['30 1 * * *', 'America/New_York'],
      ['30 2 * * *', 'America/New_York'],
      ['15,45 2 * * *', 'Europe/Berlin'],
      ['30 2 * * sun,wed', 'Europe/Berlin'],
      ['0 0 * * *', 'Africa/Cairo'],
      ['10 2 * * *', 'Australia/Lord_Howe'],
      ['0 9 1 * 1', 'Europe/London'],
      ['0 9 * * 1#1', 'Asia/Kolkata'],
    ] as const) {
      for (const after of ['2026-10-20T00:00:00Z', '2027-03-09T00:00:00Z', '2027-03-26T00:00:00Z']) {
        const own = minutes(await due({ cron: [cron], timezone }, after, 24));
        expect([cron, timezone, own]).toEqual([cron, timezone, byCroner(cron, timezone, after, 24)]);
      }
    }
  });

  it('are told with the seconds that the server needs', async () => {
    const autumn = await due(
      { cron: ['30 1 * * *'], timezone: 'America/New_York' },
      '2026-10-31T12:00:00Z',
      2,
    );
    expect(autumn.map(({ at }) => at.toISOString())).toEqual([
      '2026-11-01T05:30:01.000Z',
      '2026-11-02T06:30:00.000Z',
    ]);
    const spring = await due(
      { cron: ['30 2 * * *'], timezone: 'America/New_York' },
      '2027-03-13T12:00:00Z',
      2,
    );
    expect(spring.map(({ at }) => at.toISOString())).toEqual([
      '2027-03-14T07:30:00.000Z',
      '2027-03-15T06:30:00.000Z',
    ]);
  });

  it('leave out a holiday, which they show with its name', async () => {
    const nightly = { cron: ['0 19 * * 1-5'], timezone: 'America/New_York' };
    const times = await due(
      { ...nightly, skip: { holidays: [], markets: ['NYSE'], dates: [] } },
      '2026-11-24T12:00:00Z',
      3,
    );
    expect(times.map(({ at, closed }) => [at.toISOString(), closed])).toEqual([
      ['2026-11-25T00:00:00.000Z', null],
      ['2026-11-26T00:00:00.000Z', null],
      ['2026-11-27T00:00:00.000Z', 'Thanksgiving Day'],
      ['2026-11-28T00:00:00.000Z', null],
    ]);
  });

  it('keep within start and end, both included', async () => {
    const bounds = { start: '2026-10-02T06:00:00Z', end: '2026-10-02T08:00:00Z' };
    expect(minutes(await due(bounds, '2026-10-01T00:00:00Z', 10))).toEqual([
      '2026-10-02T06:00Z',
      '2026-10-02T07:00Z',
      '2026-10-02T08:00Z',
    ]);
  });

  it('of an interval count from 1970, moved by the offset', async () => {
    const every = { every_ms: 900_000, offset_ms: 300_000 };
    expect(minutes(await due({ every }, '2026-10-01T00:00:00Z', 2))).toEqual([
      '2026-10-01T00:05Z',
      '2026-10-01T00:20Z',
    ]);
  });

  it('of several expressions come in order, each once', async () => {
    const cron = ['0 9 * * *', '0 9,10 * * *', '*/30 9 * * *'];
    expect(minutes(await due({ cron }, '2026-10-01T00:00:00Z', 4))).toEqual([
      '2026-10-01T09:00Z',
      '2026-10-01T09:30Z',
      '2026-10-01T10:00Z',
      '2026-10-02T09:00Z',
    ]);
  });

  it('come to an end where every day is closed', async () => {
    const dates = [{ from: '01-01', to: '12-31' }];
    const times = await due({ skip: { holidays: [], markets: [], dates } }, '2026-10-01T00:00:00Z', 1);
    expect(times.every(({ closed }) => closed !== null)).toBe(true);
  });
});

describe('any fixed time in any zone', () => {
  const zones = [
    'America/New_York',
    'America/Santiago',
    'America/Havana',
    'Europe/Berlin',
    'Asia/Beirut',
    'Australia/Lord_Howe',
    'Pacific/Chatham',
    'Africa/Casablanca',
    'Asia/Tokyo',
  ];

  it('is due once a day, as a library that knows zones by itself says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 0, max: 1_000 }),
        async (timezone, hour, minute, day) => {
          const after = new Date(NOW.getTime() + day * 86_400_000);
          const cron = `${minute} ${hour} * * *`;
          const own = await due({ cron: [cron], timezone }, after.toISOString(), 5);
          expect(minutes(own)).toEqual(byCroner(cron, timezone, after.toISOString(), 5));
        },
      ),
      { numRuns: 40 },
    );
  });
});
