import type {
  EndedRun,
  HealthFacts,
  OpenRun,
  PipelineFacts,
  ScheduleFacts,
  WorkerFacts,
} from '../../src/engine/health/facts.js';

/** The moment at which facts made here were gathered. */
export const AT = '2026-03-02T12:00:00.000Z';

/** So many hours before {@link AT}. */
export function hoursAgo(hours: number): string {
  return new Date(Date.parse(AT) - hours * 3_600_000).toISOString();
}

export function anEndedRun(hours: number, overrides: Partial<EndedRun> = {}): EndedRun {
  return {
    workflow_id: `prices/${hours}`,
    run_id: `run-${hours}`,
    status: 'succeeded',
    started_at: hoursAgo(hours + 0.1),
    ended_at: hoursAgo(hours),
    duration_ms: 360_000,
    ...overrides,
  };
}

export function anOpenRun(hours: number, overrides: Partial<OpenRun> = {}): OpenRun {
  return {
    workflow_id: `prices/open-${hours}`,
    run_id: `open-${hours}`,
    status: 'running',
    started_at: hoursAgo(hours),
    is_awaiting: false,
    deadline_at: null,
    ...overrides,
  };
}

/** A pipeline of these runs, the latest end first. */
export function somePipeline(
  ended: readonly EndedRun[],
  overrides: Partial<PipelineFacts> = {},
): PipelineFacts {
  const last_success = ended.find(({ status }) => status === 'succeeded') ?? null;
  return { pipeline: 'prices', ended, open: [], last_success, max_age_ms: null, ...overrides };
}

export function aSchedule(overrides: Partial<ScheduleFacts> = {}): ScheduleFacts {
  return {
    schedule: 'prices/daily',
    pipeline: 'prices',
    is_paused: false,
    note: null,
    last_at: hoursAgo(12),
    next_at: '2026-03-03T00:00:00.000Z',
    missed: [],
    is_running: false,
    ...overrides,
  };
}

export function aWorker(overrides: Partial<WorkerFacts> = {}): WorkerFacts {
  return {
    worker: '7@box prices-123456',
    host: 'box',
    task_queue: 'sluice',
    started_at: hoursAgo(100),
    seen_at: AT,
    disk_free_bytes: 80e9,
    disk_used: 0.2,
    memory_used: 0.4,
    memory_free_bytes: 8e9,
    load: 0.5,
    ...overrides,
  };
}

/** Facts of a project in which all is well, with these changes. */
export function someFacts(overrides: Partial<HealthFacts> = {}): HealthFacts {
  return {
    at: AT,
    namespace: 'default',
    pipelines: [somePipeline([anEndedRun(12)], { max_age_ms: 26 * 3_600_000 })],
    schedules: [aSchedule()],
    queues: [{ task_queue: 'sluice', serves: 'runs', workers: ['7@box prices-123456'], is_needed: false }],
    workers: [aWorker()],
    store: { ok: true, message: 'The store can be written and read.', fix: null },
    checks: [],
    gaps: [],
    monitor: null,
    ...overrides,
  };
}
