import { describe, expect, it } from 'vitest';
import type { StagePlan } from '../../../../src/engine/plan.js';
import type { ItemSummary, RunStatus, StageResult } from '../../../../src/engine/result.js';
import type { LiveAttempt } from '../../../../src/client/live-attempt.js';
import { asSentence, explainStage } from '../../../../src/client/why/explain-stage.js';
import { aCanaryView } from '../../../support/a-canary.js';
import { aMap } from '../../../support/a-map.js';
import { aPlan, aStage } from '../../../support/a-plan.js';
import { aRunStatus, at, START } from '../../../support/a-run.js';

const live = (overrides: Partial<LiveAttempt> = {}): LiveAttempt => ({
  activityId: 'load',
  attempt: 1,
  maxAttempts: 3,
  started: true,
  progress: null,
  lastError: null,
  nextAttemptAt: null,
  ...overrides,
});

const NO_ITEMS: ItemSummary = {
  total: null,
  succeeded: 0,
  failed: 0,
  skipped: 0,
  reused: 0,
  running: 0,
  pending: null,
  rate_per_s: null,
  eta_ms: null,
  failed_items: [],
};

function why(
  result: Partial<StageResult>,
  options: {
    readonly stage?: Partial<StagePlan>;
    readonly others?: Readonly<Record<string, Partial<StageResult>>>;
    readonly status?: Partial<RunStatus>;
    readonly live?: LiveAttempt;
    readonly deserted?: readonly string[];
    readonly slots?: number;
  } = {},
): string {
  const stage = aStage('load', options.stage ?? {});
  const status = aRunStatus({ ...options.others, load: result }, options.status ?? {});
  const own = status.stages['load'];
  if (own === undefined) throw new Error('The run has no such stage.');
  return explainStage(stage, own, {
    plan: aPlan([stage], { max_parallel_stages: options.slots ?? null }),
    status,
    live: new Map(options.live === undefined ? [] : [['load', options.live]]),
    deserted: new Set(options.deserted ?? []),
    taskQueue: 'sluice',
    holder: '"other/1" holds',
    now: START + 60_000,
  });
}

describe('why a stage does not run', () => {
  it('names the stages that it waits for', () => {
    expect(
      why(
        {},
        {
          stage: { depends_on: ['a', 'b', 'c'] },
          others: { a: { status: 'running' }, b: { status: 'held' }, c: { ended_at: at(1) } },
        },
      ),
    ).toBe('waits for stages "a" (running), "b" (held)');
  });

  it('names who holds the slots, or who paused the run', () => {
    const others = { a: { status: 'running' } } as const;
    expect(why({ status: 'waiting', waiting_for: 'pool "gpu"' }, { others })).toBe(
      'waits for pool "gpu"; see sluice pools',
    );
    expect(why({ status: 'waiting' }, { others, slots: 1 })).toBe(
      'waits for a free slot of 1 (max_parallel_stages); running now: a',
    );
    const paused = { by: 'ada', at: at(3), reason: 'the source is down' };
    expect(why({ status: 'waiting' }, { status: { paused } })).toBe(
      `does not start because ada paused the run at ${at(3)}: the source is down`,
    );
  });

  it('tells the values that made its condition false', () => {
    const skip_detail = { condition: 'inputs.times > 100', values: { 'inputs.times': 2 } };
    expect(why({ status: 'skipped', skip_reason: 'condition', skip_detail })).toBe(
      'was skipped because its condition is false: inputs.times > 100, where inputs.times is 2',
    );
    const others = { a: { status: 'failed' } } as const;
    expect(
      why({ status: 'skipped', skip_reason: 'upstream' }, { stage: { depends_on: ['a'] }, others }),
    ).toBe('was skipped because "a" failed');
  });
});

describe('why a stage still runs', () => {
  const running = { status: 'running', started_at: at(0) } as const;

  it('tells when the next attempt comes and what the last one ended with', () => {
    const lastError = { type: 'HttpError', message: '503' };
    expect(why(running, { live: live({ attempt: 2, nextAttemptAt: START + 64_000, lastError }) })).toBe(
      `waits for attempt 2 of 3 at ${at(64)} (in 4s), after HttpError: 503`,
    );
  });

  it('tells when no worker polls its task queue', () => {
    const stage = { task_queue: 'gpu' };
    expect(why(running, { stage, live: live({ started: false }), deserted: ['gpu'] })).toBe(
      'waits for a worker, and no worker polls its task queue "gpu"',
    );
    expect(why(running, { live: live({ progress: { fraction: 0.4, message: null } }) })).toBe(
      'runs for 1m, attempt 1 of 3, 40% done',
    );
  });

  it('tells the time of its timer and the run that it runs as', () => {
    const map = aMap({ over: { type: 'stream', stage: 'tell' } });
    const items = { ...NO_ITEMS, succeeded: 3, running: 2 };
    expect(why({ ...running, items }, { stage: { map }, others: { tell: { status: 'running' } } })).toBe(
      'runs for 1m over the stream of "tell" (running): 3 items are done, 2 run',
    );
    expect(why({ ...running, items: { ...items, total: 9, running: 0, held: 6 } })).toBe(
      'runs for 1m: 3 of 9 items are done, 0 run, 6 held for somebody to retry, skip or fail',
    );
    expect(why({ ...running, until: at(120) })).toBe(`waits until ${at(120)} (in 1m)`);
    const stage = { action: { kind: 'pipeline', pipeline: 'data', with: {} } } as const;
    expect(why(running, { stage })).toBe('runs for 1m as a run of its own: sluice why data/today.load');
  });
});

it('ends with one mark, also where people ended their message with one', () => {
  expect([asSentence('"ask" waits: Ship it?'), asSentence('"load" failed')]).toEqual([
    '"ask" waits: Ship it?',
    '"load" failed.',
  ]);
});

describe('a canary', () => {
  it('is explained by its step, its weight, its KPIs and what it waits for', () => {
    expect(why({ status: 'running', kind: 'canary', canary: aCanaryView() })).toBe(
      'is a canary: step 2 of 3 at 50 percent; p95 180.3 (baseline 160); waits for the soak, 4m left; see sluice canary status canary/mapper',
    );
  });
});
