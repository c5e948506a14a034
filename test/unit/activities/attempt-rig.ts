import { MockActivityEnvironment } from '@temporalio/testing';
import type { Info } from '@temporalio/activity';
import { pino } from 'pino';
import { type ActivityDeps, createActivities } from '../../../src/activities/create-activities.js';
import type { StageFunction } from '../../../src/activities/stage-function.js';
import { noMetrics } from '../../../src/activities/stage-metrics.js';
import type { StageTask, TaskResult } from '../../../src/shared/task.js';
import type { LogLine } from '../../../src/storage/log-line.js';
import { readStageLogs } from '../../../src/storage/read-stage-logs.js';
import { memoryStore } from '../storage/memory-store.js';

const quiet = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
function ignore(): void {
  return undefined;
}

/** A task as the workflow would make it. */
export function aTask(changes: Partial<StageTask> = {}): StageTask {
  return {
    params: {},
    run: {
      id: 'run-1',
      workflow_id: 'demo/1',
      pipeline: 'demo',
      version: '1.0.0',
      mode: null,
      attempt: 1,
      started_at: '2024-01-01T00:00:00.000Z',
      scheduled_at: '2024-01-01T00:00:00.000Z',
    },
    stage: { id: 'stage', name: 'Stage' },
    ...changes,
  };
}

/** Runs one activity attempt outside of any server. */
export function activityRig(
  options: { stages?: readonly StageFunction[]; info?: Partial<Info>; deps?: Partial<ActivityDeps> } = {},
) {
  const store = memoryStore();
  const heartbeats: unknown[] = [];
  const environment = new MockActivityEnvironment(
    { startToCloseTimeoutMs: 60_000, heartbeatTimeoutMs: 30_000, ...options.info },
    { logger: quiet },
  );
  environment.on('heartbeat', (details: unknown) => heartbeats.push(details));
  const activities = createActivities({
    stages: new Map((options.stages ?? []).map((stage) => [stage.name, stage])),
    store,
    log: pino({ level: 'silent' }),
    metrics: noMetrics,
    env: {},
    projectDir: process.cwd(),
    ...options.deps,
  });
  return {
    store,
    heartbeats,
    environment,
    run: (activity: string, task: StageTask = aTask()): Promise<TaskResult> => {
      const execute = activities[activity];
      if (execute === undefined) throw new Error(`There is no activity "${activity}".`);
      return environment.run(execute, task);
    },
    logs: async (): Promise<LogLine[]> => {
      const lines: LogLine[] = [];
      for await (const line of readStageLogs(store, { workflowId: 'demo/1', runId: 'run-1' }))
        lines.push(line);
      return lines;
    },
  };
}
