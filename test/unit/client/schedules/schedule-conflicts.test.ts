import { describe, expect, it } from 'vitest';
import { horizonWarning } from '../../../../src/client/schedules/horizon-warning.js';
import { planSchedules } from '../../../../src/client/schedules/plan-schedules.js';
import type { Concurrency } from '../../../../src/engine/plan.js';
import type { SchedulePlan } from '../../../../src/engine/schedule-plan.js';
import { aPlan, aStage } from '../../../support/a-plan.js';
import { aSchedule } from '../../../support/a-schedule.js';

const NOW = new Date('2026-10-01T00:00:00Z');
const GROUP: Concurrency = { group: 'warehouse', on_conflict: 'reject' };

const plan = (pipeline: string, schedules: readonly SchedulePlan[], concurrency: Concurrency | null = null) =>
  aPlan([aStage('a')], { pipeline, schedules, concurrency });

async function conflicts(...plans: readonly ReturnType<typeof plan>[]) {
  const made = await planSchedules(null, plans, { taskQueue: 'sluice', now: NOW });
  return made.conflicts.map(({ kind, severity, message }) => [kind, severity, message]);
}

describe('conflicts of schedules', () => {
  it('are two of one concurrency group that start at the same moment, told once with the first', async () => {
    const every = (hours: number) => ({ every_ms: hours * 3_600_000, offset_ms: 0 });
    const found = await conflicts(
      plan('prices', [aSchedule({ id: 'a', every: every(4) })], GROUP),
      plan('metrics', [aSchedule({ id: 'b', every: every(6) })], GROUP),
    );
    expect(found).toEqual([
      [
        'group',
        'warning',
        '"prices/a" and "metrics/b" start runs of the concurrency group "warehouse" at the same moment, first on 2026-10-01 12:00 UTC; which of them goes first is chance',
      ],
    ]);
  });

  it('are none where groups differ, or times do', async () => {
    const odd = aSchedule({ id: 'b', every: { every_ms: 3_600_000, offset_ms: 60_000 } });
    expect(
      await conflicts(
        plan('prices', [aSchedule({ id: 'a' })], GROUP),
        plan('metrics', [odd], GROUP),
        plan('other', [aSchedule({ id: 'c' })], { ...GROUP, group: 'else' }),
      ),
    ).toEqual([]);
  });

  it('are schedules that start nothing any more', async () => {
    const past = aSchedule({ id: 'past', end: '2026-01-01T00:00:00Z' });
    const closed = aSchedule({
      id: 'closed',
      skip: { holidays: [], markets: [], dates: [{ from: '01-01', to: '12-31' }] },
    });
    expect(await conflicts(plan('prices', [past, closed]))).toEqual([
      [
        'never',
        'warning',
        '"prices/past" starts nothing: no time fits it before its end (2026-01-01T00:00:00Z)',
      ],
      ['never', 'warning', '"prices/closed" starts nothing: no time fits it'],
    ]);
  });

  it('are two definitions with the same schedule', async () => {
    const [first] = await conflicts(plan('prices', [aSchedule()]), plan('prices', [aSchedule()]));
    expect(first).toEqual([
      'twice',
      'error',
      '"prices/nightly" stands in two of the definitions; pipelines need names of their own',
    ]);
  });
});

describe('days that were computed ahead', () => {
  const warning = (until: string | null) =>
    horizonWarning({ id: 'prices/nightly', computed_until: until }, NOW);

  it('are warned of half a year before they end, and after it', () => {
    expect(warning('2027-12-31')).toBeNull();
    expect(warning('2026-12-31')).toBe(
      'The holidays and changes of the clock that "prices/nightly" knows end on 2026-12-31. Apply its definition again to tell it more.',
    );
    expect(warning('2026-09-01')).toContain('ended on 2026-09-01');
  });

  it('are nothing to warn of where rules say it all', () => {
    expect(warning(null)).toBeNull();
  });

  it('are more once the definition is applied in a later year', async () => {
    const schedule = aSchedule({ skip: { holidays: ['US'], markets: [], dates: [] } });
    const until = async (now: string) => {
      const options = { taskQueue: 'sluice', now: new Date(now) };
      const { schedules } = await planSchedules(null, [plan('prices', [schedule])], options);
      return schedules[0]?.wanted?.times.computedUntil;
    };
    expect(await until('2026-10-01')).toBe('2029-12-31');
    expect(await until('2027-01-02')).toBe('2030-12-31');
  });
});
