import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type HealthFacts } from '../../../../src/engine/health/facts.js';
import { judgeHealth } from '../../../../src/engine/health/judge-health.js';
import type { HealthReport } from '../../../../src/engine/health/report.js';
import {
  anEndedRun,
  anOpenRun,
  aSchedule,
  aWorker,
  AT,
  hoursAgo,
  someFacts,
  somePipeline,
} from '../../../support/health-facts.js';

const HOUR_MS = 3_600_000;

function judge(overrides: Partial<HealthFacts>): HealthReport {
  return judgeHealth(someFacts(overrides));
}

/** What is not in order, in short. */
function problems({ findings }: HealthReport): readonly string[] {
  return findings
    .filter(({ level }) => level !== 'ok')
    .map(({ level, check, subject, message }) => `${level} ${check} ${subject}: ${message}`);
}

it('finds nothing where all is well, and says what it looked at', () => {
  const report = judge({});
  expect(report).toMatchObject({ ok: true, level: 'ok', at: AT });
  expect(new Set(report.findings.map(({ check }) => check))).toEqual(
    new Set(['pipeline_status', 'freshness', 'task_queue', 'disk', 'memory', 'schedule', 'store']),
  );
  expect(report.pipelines[0]).toMatchObject({
    status: 'succeeded',
    current: 'idle',
    freshness: 'fresh',
    data_age_hours: 12,
    max_age_hours: 26,
    error_rate: 0,
    average_duration_ms: 360_000,
    next_run_at: '2026-03-03T00:00:00.000Z',
  });
});

describe('a pipeline', () => {
  it('fails by a last run that failed, and is only worth a look once another one runs', () => {
    const failed = somePipeline([anEndedRun(1, { status: 'failed' }), anEndedRun(25)]);
    expect(problems(judge({ pipelines: [failed] }))).toEqual([
      'fail pipeline_status prices: Its last run prices/1 failed.',
    ]);
    const again = judge({ pipelines: [{ ...failed, open: [anOpenRun(0.5)] }] });
    expect(problems(again)).toEqual([
      'warn pipeline_status prices: Its last run prices/1 failed, and another one runs now.',
    ]);
    expect(again.ok).toBe(true);
  });

  it('is stale once its data is older than allowed, by the last success and not by later failures', () => {
    const runs = [anEndedRun(1, { status: 'cancelled' }), anEndedRun(27)];
    const report = judge({ pipelines: [somePipeline(runs, { max_age_ms: 26 * HOUR_MS })] });
    expect(problems(report)).toContain(
      'fail freshness prices: Its data is 1d3h old; at most 1d2h is allowed.',
    );
    expect(report.pipelines[0]).toMatchObject({ freshness: 'stale', data_age_hours: 27 });
  });

  it('is stale when it never succeeded, and of unknown age when nobody said how old it may get', () => {
    const [never, unasked] = [somePipeline([], { max_age_ms: HOUR_MS }), somePipeline([])].map((pipeline) =>
      judge({ pipelines: [pipeline] }),
    );
    expect(problems(never as HealthReport)[0]).toContain('counts as stale');
    expect(problems(unasked as HealthReport)).toEqual([]);
    expect(unasked?.pipelines[0]).toMatchObject({ freshness: 'unknown', status: null });
  });

  it('takes its age from the data itself where that can be asked', () => {
    const recent = somePipeline([anEndedRun(1)], { max_age_ms: 2 * HOUR_MS, data: { as_of: hoursAgo(3) } });
    expect(problems(judge({ pipelines: [recent] }))).toEqual([
      'fail freshness prices: Its data is 3h old; at most 2h is allowed.',
    ]);
    const broken = somePipeline([anEndedRun(1)], { data: { problem: 'no such table.' } });
    expect(problems(judge({ pipelines: [broken] }))).toEqual([
      'fail freshness prices: How old its data is cannot be told: no such table.',
    ]);
  });

  it('has an error rate once enough runs ended, in which cancelled ones do not count', () => {
    const run = (hours: number, failed: boolean) =>
      anEndedRun(hours, failed ? { status: hours % 2 === 0 ? 'failed' : 'timed_out' } : {});
    const runs = [1, 2, 3, 4, 5].map((hours) => run(hours, hours === 3 || hours === 4));
    const report = judge({ pipelines: [somePipeline([...runs, anEndedRun(6, { status: 'cancelled' })])] });
    expect(report.pipelines[0]).toMatchObject({ error_rate: 0.4, runs_counted: 5 });
    expect(problems(report)).toEqual(['warn error_rate prices: 40 % of its last 5 runs failed.']);
    expect(problems(judge({ pipelines: [somePipeline(runs.slice(0, 4))] }))).toEqual([]);
  });

  it('tells of runs past their deadline and of those that wait for people', () => {
    const open = [
      anOpenRun(5, { deadline_at: hoursAgo(1), is_awaiting: true }),
      anOpenRun(2, { deadline_at: '2026-03-02T13:00:00.000Z' }),
    ];
    const report = judge({ pipelines: [somePipeline([anEndedRun(12)], { open })] });
    expect(problems(report)).toEqual(['fail overdue prices: The run prices/open-5 is past its deadline.']);
    expect(report.pipelines[0]).toMatchObject({
      current: 'running',
      running: 2,
      awaiting_people: 1,
      overdue: ['prices/open-5'],
      oldest_open: { workflow_id: 'prices/open-5' },
    });
  });
});

describe('a schedule', () => {
  const missed = [hoursAgo(36), hoursAgo(12)];

  it('that let times pass is wrong, and so is its pipeline', () => {
    const report = judge({ schedules: [aSchedule({ missed })] });
    expect(problems(report)).toEqual([`fail schedule prices/daily: It missed 2 runs since ${hoursAgo(36)}.`]);
    expect(report.pipelines[0]).toMatchObject({ level: 'fail', missed_schedules: 2 });
  });

  it('that is held back by its own run, or paused, is worth a look', () => {
    const held = judge({ schedules: [aSchedule({ missed: missed.slice(1), is_running: true })] });
    expect(problems(held)[0]).toContain('the run before still goes on');
    expect(held).toMatchObject({ ok: true, pipelines: [{ missed_schedules: 0 }] });
    const paused = judge({ schedules: [aSchedule({ is_paused: true, note: 'exchange moves' })] });
    expect(problems(paused)).toEqual(['warn schedule prices/daily: It is paused: exchange moves.']);
    expect(paused.pipelines[0]?.next_run_at).toBeNull();
  });
});

describe('workers', () => {
  const dead = { task_queue: 'sluice', serves: 'runs', workers: [], is_needed: true } as const;

  it('are missed when nobody takes work from a queue', () => {
    expect(problems(judge({ queues: [dead], workers: [] }))).toEqual([
      'fail task_queue sluice: No worker takes runs from it, and runs that go on need it.',
    ]);
  });

  it('that went silent are told of, as a warning where others serve their queue', () => {
    const silent = [aWorker({ seen_at: hoursAgo(0.5) })];
    expect(problems(judge({ workers: silent }))).toEqual([
      'warn worker 7@box prices-123456: It last reported 30m ago and never said that it stopped; others serve its queue.',
    ]);
    expect(judge({ workers: silent, queues: [dead] }).findings[0]).toMatchObject({ level: 'fail' });
    expect(problems(judge({ workers: [aWorker({ has_ended: true })] }))[0]).toContain(
      'never said that it stopped',
    );
  });

  it('with a full disk or memory are told of at the limits of the configuration', () => {
    const full = [aWorker({ disk_used: 0.96, memory_used: 0.91 })];
    expect(problems(judge({ workers: full }))).toEqual([
      'fail disk 7@box prices-123456: The disk of "box" is 96 % full, 80.0 GB are free.',
      'warn memory 7@box prices-123456: The memory of "box" is 91 % full, 8.0 GB are free.',
    ]);
    const wide = { warn: 0.97, fail: 0.99 };
    const limits = { ...DEFAULT_LIMITS, disk_used: wide, memory_used: wide };
    expect(judgeHealth(someFacts({ workers: full }), limits).level).toBe('ok');
  });
});

it('tells what is worst first, with what to do', () => {
  const report = judge({
    store: { ok: false, message: 'the bucket does not exist', fix: 'Create it.' },
    checks: [{ name: 'api', level: 'warn', message: 'slow', fix: 'Wait.', duration_ms: 5 }],
    gaps: ['More than 2000 runs go on.'],
  });
  expect(report.findings.slice(0, 3).map(({ level, check, fix }) => [level, check, fix])).toEqual([
    ['fail', 'store', 'Create it.'],
    ['warn', 'check', 'Wait.'],
    ['warn', 'gap', null],
  ]);
});

it('says when the monitor stands still, since nobody is told of anything then', () => {
  const monitor = { is_paused: false, every_ms: 60_000, last_at: hoursAgo(0.01) };
  expect(problems(judge({ monitor }))).toEqual([]);
  expect(problems(judge({ monitor: { ...monitor, last_at: hoursAgo(1) } }))).toEqual([
    'fail monitor monitor: The monitor last looked 1h ago.',
  ]);
  expect(problems(judge({ monitor: { ...monitor, is_paused: true } }))[0]).toContain('no alerts are raised');
});
