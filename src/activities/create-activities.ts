import { ACTIVITY, BUILT_IN_PREFIX, DEFAULT_VERSION } from '../shared/names.js';
import type { StageTask, TaskResult } from '../shared/task.js';
import { measureKpis } from './canary/measure-kpis.js';
import { collectFile } from './map/collect-file.js';
import { collectPart } from './map/collect-part.js';
import { readParts } from './map/read-parts.js';
import { readPage } from './map/read-page.js';
import { readStreamPage } from './map/read-stream-page.js';
import { type FindOutput, lastSuccess } from './last-success.js';
import { requestHttp } from './request-http.js';
import { type FindRuns, probe } from './probe.js';
import { runAttempt, type RunAttemptDeps } from './run-attempt.js';
import { commandGraceMs, runCommand } from './run-command.js';
import { runStageFunction } from './run-stage-function.js';
import type { StageFunction } from './stage-function.js';
import { runInThread, type StageThreads } from './stage-threads.js';

export type ActivityDeps = RunAttemptDeps & {
  /** Stage functions by name. */
  readonly stages: ReadonlyMap<string, StageFunction>;
  /** Finds the newest successful run of a pipeline; needed only where `wait_for` looks at pipelines. */
  readonly findRuns?: FindRuns;
  /** Finds earlier outputs of stages; needed only where `fallback` names `last_success`. */
  readonly findOutput?: FindOutput;
  /** Runs stages with `isolation: thread`. */
  readonly threads?: StageThreads;
};

export type StageActivity = (task: StageTask) => Promise<TaskResult>;

/**
 * Every activity of a worker by its type: one for each stage function, and those of the built-in stage kinds. Each is
 * safe to run twice as far as its stage is; stages that are not use `ctx.idempotencyKey`.
 */
export function createActivities(deps: ActivityDeps): Record<string, StageActivity> {
  const functions = [...deps.stages].map(([name, stage]): [string, StageActivity] => [
    name,
    async (task) => {
      const result = await runAttempt(
        task,
        deps,
        (attempt) =>
          // Threads know the functions of the configuration; built-in ones block nothing.
          task.isolation === 'thread' && !name.startsWith(BUILT_IN_PREFIX)
            ? runInThread(name, attempt, deps)
            : runStageFunction(stage, attempt, deps.env),
        { implementation: { kind: 'uses', name, version: stage.version } },
      );
      return stage.version === DEFAULT_VERSION ? result : { ...result, version: stage.version };
    },
  ]);
  return {
    ...Object.fromEntries(functions),
    [ACTIVITY.run]: (task) =>
      runAttempt(task, deps, (attempt) => runCommand(attempt, deps), {
        graceMs: commandGraceMs(task),
        implementation: { kind: 'run' },
      }),
    [ACTIVITY.http]: (task) =>
      runAttempt(task, deps, (attempt) => requestHttp(attempt, deps), { implementation: { kind: 'http' } }),
    [ACTIVITY.probe]: (task) => runAttempt(task, deps, (attempt) => probe(attempt, deps)),
    [ACTIVITY.mapPage]: (task) => runAttempt(task, deps, (attempt) => readPage(attempt, deps)),
    [ACTIVITY.mapStream]: (task) => runAttempt(task, deps, (attempt) => readStreamPage(attempt, deps)),
    [ACTIVITY.mapCollectPart]: (task) => runAttempt(task, deps, (attempt) => collectPart(attempt, deps)),
    [ACTIVITY.mapReadParts]: (task) => runAttempt(task, deps, (attempt) => readParts(attempt, deps)),
    [ACTIVITY.mapCollectFile]: (task) => runAttempt(task, deps, (attempt) => collectFile(attempt, deps)),
    [ACTIVITY.canaryMeasure]: (task) => runAttempt(task, deps, (attempt) => measureKpis(attempt, deps)),
    [ACTIVITY.lastSuccess]: (task) => runAttempt(task, deps, (attempt) => lastSuccess(attempt, deps)),
  };
}
