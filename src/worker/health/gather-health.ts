import type { Client } from '@temporalio/client';
import { dataAsOf } from '../../activities/monitor/data-as-of.js';
import { type CheckDeps, runCheck } from '../../activities/monitor/run-check.js';
import type {
  HealthFacts,
  HealthLimits,
  PipelineFacts,
  QueueFacts,
  WorkerFacts,
} from '../../engine/health/facts.js';
import { DEFAULT_LIMITS } from '../../engine/health/facts.js';
import type { RunWatch } from '../../engine/health/watch.js';
import { probeStore } from '../../storage/probe-store.js';
import { readWorkerReports } from '../../storage/worker-reports.js';
import type { LoadedConfig } from '../config.js';
import { hasEnded } from './has-ended.js';
import { readMonitor } from './read-monitor.js';
import { readPipelines, type WatchedPipeline } from './read-pipelines.js';
import { type Queue, readQueues } from './read-queues.js';
import { readSchedules } from './read-schedules.js';

export type HealthDeps = CheckDeps & {
  readonly client: Client;
  readonly config: Pick<LoadedConfig, 'taskQueue' | 'monitor' | 'checks'>;
};

export type Gathered = {
  readonly facts: HealthFacts;
  /** What the last run of each pipeline asks to be watched. */
  readonly watches: ReadonlyMap<string, RunWatch>;
};

export type GatherOptions = {
  /** Only these pipelines. */
  readonly only?: readonly string[];
  /** @default now */
  readonly now?: Date;
};

/** All questions to Temporal together. */
const WITHIN_MS = 20_000;

/**
 * Looks at everything once, in the order of a few dozen questions to Temporal. Throws when Temporal does not answer;
 * what else cannot be looked at is a part of the result.
 */
export async function gatherHealth(deps: HealthDeps, options: GatherOptions = {}): Promise<Gathered> {
  const { client, config, store } = deps;
  const { now = new Date(), only } = options;
  const { namespace } = client.options;
  const [fromTemporal, checks, storeProbe, workers] = await Promise.all([
    client.connection.withDeadline(Date.now() + WITHIN_MS, () => askTemporal(deps, { now, ...options })),
    Promise.all(config.checks.map((check) => runCheck(check, deps))),
    probeStore(store).catch((error: unknown) => ({
      ok: false,
      message: error instanceof Error ? error.message : String(error),
      fix: 'Correct `storage` in the configuration, or what the message names.',
    })),
    // An unreachable store is told already.
    readWorkerReports(store, namespace, now).catch((): WorkerFacts[] => []),
  ]);
  const { watched, schedules, gaps, monitor } = fromTemporal;
  const pipelines = await Promise.all(watched.map((pipeline) => withSettings(pipeline, deps)));
  const isShown = (name: string | null): boolean =>
    only === undefined || (name !== null && only.includes(name));
  return {
    watches: new Map(watched.map(({ facts, watch }) => [facts.pipeline, watch])),
    facts: {
      at: now.toISOString(),
      namespace,
      pipelines,
      schedules: schedules.filter(({ pipeline }) => isShown(pipeline)),
      queues: await readQueues(client, queuesOf(config, watched), now),
      workers: workers.map((worker) => (hasEnded(worker.worker) ? { ...worker, has_ended: true } : worker)),
      store: storeProbe,
      checks,
      gaps,
      monitor,
    },
  };
}

/** What a configuration says is wrong and what is not. */
export function limitsOf({ monitor }: Pick<LoadedConfig, 'monitor'>): HealthLimits {
  return {
    ...DEFAULT_LIMITS,
    error_rate: monitor.errorRate,
    disk_used: monitor.diskUsed,
    memory_used: monitor.memoryUsed,
    schedule_grace_ms: monitor.scheduleGrace,
  };
}

async function askTemporal(
  { client, config }: HealthDeps,
  { now, only }: { readonly now: Date; readonly only?: readonly string[] },
) {
  const { monitor } = config;
  const [{ pipelines, gaps }, read, monitorFacts] = await Promise.all([
    readPipelines(client, {
      known: Object.keys(monitor.pipelines),
      ...(only === undefined ? {} : { only }),
      runs: monitor.runs,
      windowMs: monitor.window,
      now,
    }),
    readSchedules(client, { now, graceMs: monitor.scheduleGrace }),
    readMonitor(client),
  ]);
  const { schedules } = read;
  return { watched: pipelines, gaps: [...gaps, ...read.gaps], schedules, monitor: monitorFacts };
}

/** The configuration knows better than the definition how old data may get, and how to tell. */
async function withSettings({ facts }: WatchedPipeline, deps: HealthDeps): Promise<PipelineFacts> {
  const settings = deps.config.monitor.pipelines[facts.pipeline];
  if (settings === undefined) return facts;
  const { maxAge, dataAsOf: question } = settings;
  return {
    ...facts,
    max_age_ms: maxAge ?? facts.max_age_ms,
    ...(question === undefined ? {} : { data: await dataAsOf(facts.pipeline, question, deps) }),
  };
}

function queuesOf(
  { taskQueue, monitor }: HealthDeps['config'],
  watched: readonly WatchedPipeline[],
): readonly Queue[] {
  const needed = {
    runs: new Set(watched.flatMap(({ queues }) => queues.runs)),
    stages: new Set(watched.flatMap(({ queues }) => queues.stages)),
  };
  const expected = {
    runs: [taskQueue, ...(monitor.taskQueue === undefined ? [] : [monitor.taskQueue])],
    stages: monitor.taskQueues,
  };
  return (['runs', 'stages'] as const).flatMap((serves) =>
    [...new Set([...expected[serves], ...needed[serves]])].map((task_queue): Omit<QueueFacts, 'workers'> => ({
      task_queue,
      serves,
      is_needed: needed[serves].has(task_queue),
    })),
  );
}
