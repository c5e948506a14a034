import type {
  HealthFacts,
  HealthLimits,
  MonitorFacts,
  QueueFacts,
  ScheduleFacts,
  WorkerFacts,
} from './facts.js';
import { percent, roughly } from './words.js';
import { levelOf } from './levels.js';
import type { HealthFinding } from './report.js';

type Context = { readonly limits: HealthLimits; readonly now: number };

/** What is to be said about everything but the pipelines. */
export function judgeSystem(facts: HealthFacts, context: Context): readonly HealthFinding[] {
  const { store, checks, gaps, schedules, queues, workers, monitor } = facts;
  return [
    ...queues.map(queueFinding),
    ...workers.flatMap((worker) => workerFindings(worker, queues, context)),
    ...schedules.map(scheduleFinding),
    {
      check: 'store',
      subject: 'store',
      level: store.ok ? 'ok' : 'fail',
      message: store.message,
      fix: store.fix,
    },
    ...checks.map(({ name, level, message, fix }): HealthFinding => ({
      check: 'check',
      subject: name,
      level,
      message,
      fix,
    })),
    ...monitorFinding(monitor, context),
    ...gaps.map((message): HealthFinding => ({
      check: 'gap',
      subject: 'health',
      level: 'warn',
      message,
      fix: null,
    })),
  ];
}

function queueFinding({ task_queue, serves, workers, is_needed }: QueueFacts): HealthFinding {
  const about = { check: 'task_queue', subject: task_queue } as const;
  if (workers.length > 0) {
    const count = workers.length === 1 ? '1 worker takes' : `${workers.length} workers take`;
    return { ...about, level: 'ok', message: `${count} ${serves} from it.`, fix: null };
  }
  const message = `No worker takes ${serves} from it${is_needed ? ', and runs that go on need it' : ''}.`;
  return { ...about, level: 'fail', message, fix: `Start one: sluice worker --task-queue ${task_queue}` };
}

function workerFindings(
  worker: WorkerFacts,
  queues: readonly QueueFacts[],
  { limits, now }: Context,
): readonly HealthFinding[] {
  const silence = now - Date.parse(worker.seen_at);
  const subject = worker.worker;
  if (worker.has_ended === true || silence > limits.worker_silence_ms) {
    const hasOthers = queues.some(
      ({ task_queue, workers }) => task_queue === worker.task_queue && workers.length > 0,
    );
    const message = `It last reported ${roughly(silence)} ago and never said that it stopped${hasOthers ? '; others serve its queue' : ''}.`;
    const fix = `Look at its machine "${worker.host}" and its log, and start it again.`;
    return [{ check: 'worker', subject, level: hasOthers ? 'warn' : 'fail', message, fix }];
  }
  return [diskFinding(worker, limits), memoryFinding(worker, limits)].filter((finding) => finding !== null);
}

function diskFinding(
  { worker, host, disk_used, disk_free_bytes }: WorkerFacts,
  limits: HealthLimits,
): HealthFinding | null {
  if (disk_used === null || disk_free_bytes === null) return null;
  const level = levelOf(disk_used, limits.disk_used);
  const message = `The disk of "${host}" is ${percent(disk_used)} full, ${gigabytes(disk_free_bytes)} are free.`;
  const fix =
    level === 'ok' ? null : 'Free some space there. `sluice cleanup` removes what no run needs any more.';
  return { check: 'disk', subject: worker, level, message, fix };
}

function memoryFinding(
  { worker, host, memory_used, memory_free_bytes }: WorkerFacts,
  limits: HealthLimits,
): HealthFinding {
  const level = levelOf(memory_used, limits.memory_used);
  const message = `The memory of "${host}" is ${percent(memory_used)} full, ${gigabytes(memory_free_bytes)} are free.`;
  const fix =
    level === 'ok' ? null : 'Lower `worker.slots` or `worker.maxCachedRuns`, or add workers or memory.';
  return { check: 'memory', subject: worker, level, message, fix };
}

function scheduleFinding({
  schedule,
  is_paused,
  note,
  missed,
  is_running,
  next_at,
}: ScheduleFacts): HealthFinding {
  const about = { check: 'schedule', subject: schedule } as const;
  if (is_paused) {
    const why = note === null || note === '' ? '' : `: ${note}`;
    return {
      ...about,
      level: 'warn',
      message: `It is paused${why}.`,
      fix: `When it may go on: sluice schedule unpause ${schedule}`,
    };
  }
  const [first] = missed;
  if (first === undefined) {
    const message = next_at === null ? 'It starts no more runs.' : `It starts the next run at ${next_at}.`;
    return { ...about, level: 'ok', message, fix: null };
  }
  const times = missed.length === 1 ? `the run of ${first}` : `${missed.length} runs since ${first}`;
  if (is_running) {
    const fix =
      'Look at the run that it started before: sluice why RUN. Its `overlap` policy decides what happens to the others.';
    return { ...about, level: 'warn', message: `It held back ${times}: the run before still goes on.`, fix };
  }
  const fix = `Start it now: sluice schedule trigger ${schedule}. See what it waits for: sluice schedule describe ${schedule}`;
  return { ...about, level: 'fail', message: `It missed ${times}.`, fix };
}

/** Nobody is told of anything while the monitor stands still. */
function monitorFinding(monitor: MonitorFacts | null, { limits, now }: Context): readonly HealthFinding[] {
  if (monitor === null) return [];
  const about = { check: 'monitor', subject: 'monitor' } as const;
  if (monitor.is_paused) {
    return [
      {
        ...about,
        level: 'warn',
        message: 'The monitor is paused: no alerts are raised.',
        fix: 'Start it again: sluice monitor start',
      },
    ];
  }
  const { last_at, every_ms } = monitor;
  if (last_at === null || every_ms === null) return [];
  const silence = now - Date.parse(last_at);
  if (silence <= 3 * every_ms + limits.schedule_grace_ms) {
    return [{ ...about, level: 'ok', message: `The monitor looked ${roughly(silence)} ago.`, fix: null }];
  }
  const fix = 'See that a worker takes its task queue: sluice monitor status';
  return [{ ...about, level: 'fail', message: `The monitor last looked ${roughly(silence)} ago.`, fix }];
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
