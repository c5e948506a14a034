import { describe, expect, it } from 'vitest';
import { factsOf, judgeRules, type RuleSources } from '../../../../src/activities/monitor/judge-rules.js';
import type { AlertRule } from '../../../../src/engine/alert-rule.js';
import type { HealthFacts } from '../../../../src/engine/health/facts.js';
import { judgeHealth } from '../../../../src/engine/health/judge-health.js';
import {
  anEndedRun,
  anOpenRun,
  aSchedule,
  AT,
  someFacts,
  somePipeline,
} from '../../../support/health-facts.js';

function rule(name: string, when: string, overrides: Partial<AlertRule> = {}): AlertRule {
  return { name, when, by: 'monitor', severity: 'high', channels: ['ops'], ...overrides };
}

function judged(facts: Partial<HealthFacts>, sources: Partial<RuleSources> = {}) {
  const report = judgeHealth(someFacts(facts));
  const { raise, end } = judgeRules(report, {
    watches: new Map(),
    rules: [],
    channels: ['mail'],
    open: new Set(),
    ...sources,
  });
  return { raise, raised: raise.map(({ key }) => key), ended: end.map(({ key }) => key) };
}

const stale = rule('stale', 'data_age_hours > 10', {
  message: '${{ pipeline }} is ${{ data_age_hours }} h old',
});

describe('rules of a pipeline', () => {
  const watches = new Map([['prices', { alerts: [stale] }]]);

  it('raise an alert of their own key, with the facts and what to do next', () => {
    const { raise } = judged({}, { watches });
    expect(raise).toEqual([
      {
        key: 'prices/stale',
        rule: stale,
        message: 'prices is 12 h old',
        at: AT,
        source: 'monitor',
        facts: {
          pipeline: 'prices',
          pipeline_status: 'succeeded',
          duration_minutes: 6,
          workflow_id: 'prices/12',
          run_id: 'run-12',
          data_age_hours: 12,
          error_rate: 0,
          missed_schedules: 0,
          awaiting_people: 0,
          commands: ['sluice health prices'],
        },
      },
    ]);
  });

  it('are not raised again while their alert is open, unless they count', () => {
    const open = new Set(['prices/stale']);
    expect(judged({}, { watches, open })).toMatchObject({ raised: [], ended: [] });
    const counting = new Map([['prices', { alerts: [{ ...stale, after_times: 3 }] }]]);
    expect(judged({}, { watches: counting, open }).raised).toEqual(['prices/stale']);
  });

  it('end their alert when they hold no more, and leave those of others alone', () => {
    const open = new Set(['prices/stale', 'prices/other', 'metrics/stale']);
    const pipelines = [somePipeline([anEndedRun(1)])];
    expect(judged({ pipelines }, { watches, open })).toMatchObject({ raised: [], ended: ['prices/stale'] });
  });

  it('leave their alert as it is where nothing is known', () => {
    const pipelines = [somePipeline([])];
    expect(judged({ pipelines }, { watches, open: new Set(['prices/stale']) })).toMatchObject({
      raised: [],
      ended: [],
    });
  });

  it('of the configuration hold for every pipeline', () => {
    const pipelines = ['a', 'b', 'c'].map((pipeline, i) => ({
      ...somePipeline([anEndedRun(1, { status: i === 1 ? 'succeeded' : 'failed' })]),
      pipeline,
    }));
    const rules = [rule('failing', "pipeline_status == 'failed'")];
    expect(judged({ pipelines }, { rules }).raised).toEqual(['a/failing', 'c/failing']);
  });
});

describe('what nobody wrote a rule for', () => {
  const broken: Partial<HealthFacts> = {
    store: { ok: false, message: 'gone', fix: 'Mend it.' },
    queues: [{ task_queue: 'gpu', serves: 'stages', workers: [], is_needed: true }],
    schedules: [aSchedule({ missed: [AT] })],
    checks: [
      { name: 'db', level: 'fail', message: 'refused', fix: null, duration_ms: 1 },
      { name: 'slow', level: 'warn', message: 'slow', fix: null, duration_ms: 1 },
    ],
  };

  it('is told to the channels of the monitor where it is wrong, not where it is worth a look', () => {
    const { raise, raised } = judged(broken);
    expect(raised).toEqual([
      'sluice.health/task_queue/gpu',
      'sluice.health/schedule/prices/daily',
      'sluice.health/store/store',
      'sluice.health/check/db',
    ]);
    expect(raise[0]).toMatchObject({
      rule: { name: 'task_queue', severity: 'critical', channels: ['mail'] },
      message: 'gpu: No worker takes stages from it, and runs that go on need it.',
      facts: { subject: 'gpu', commands: ['sluice worker --task-queue gpu', 'sluice health'] },
    });
  });

  it('leaves how runs end to the rules of their pipelines', () => {
    expect(judged({ pipelines: [somePipeline([anEndedRun(1, { status: 'failed' })])] }).raised).toEqual([]);
  });

  it('ends when it is mended', () => {
    const open = new Set(['sluice.health/store/store', 'sluice.health/check/db']);
    expect(judged({ checks: broken.checks ?? [] }, { open })).toMatchObject({
      raised: [],
      ended: ['sluice.health/store/store'],
    });
  });
});

it('knows a hung run by the time that it has taken so far, and a pipeline by its last run that ended', () => {
  const pipeline = somePipeline([anEndedRun(30, { status: 'failed' })], { open: [anOpenRun(3)] });
  const { pipelines } = judgeHealth(someFacts({ pipelines: [pipeline] }));
  const [health] = pipelines;
  if (health === undefined) throw new Error('no pipeline');
  expect(factsOf(health, Date.parse(AT))).toMatchObject({
    pipeline_status: 'failed',
    duration_minutes: 180,
    workflow_id: 'prices/open-3',
    commands: ['sluice why prices/open-3', 'sluice health prices'],
  });
});
