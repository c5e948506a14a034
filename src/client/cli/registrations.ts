import type { Command } from 'commander';
import { registerAlerts } from './commands/alerts.js';
import { registerAmend } from './commands/amend.js';
import { registerAnomalies } from './commands/anomalies.js';
import { registerArtifacts } from './commands/artifacts.js';
import { registerBackfill } from './commands/backfill.js';
import { registerCache } from './commands/cache.js';
import { registerApprovals } from './commands/approvals.js';
import { registerApprove, registerReject } from './commands/approve.js';
import { registerCanary } from './commands/canary.js';
import { registerCancel } from './commands/cancel.js';
import { registerCheck } from './commands/check.js';
import { registerCleanup } from './commands/cleanup.js';
import { registerCompletion } from './commands/completion.js';
import { registerExport } from './commands/export.js';
import { registerEvents } from './commands/events.js';
import { registerFail, registerRetry, registerSkip } from './commands/decide-stage.js';
import { registerDev } from './commands/dev.js';
import { registerDiff } from './commands/diff.js';
import { registerDoctor } from './commands/doctor.js';
import { registerFork } from './commands/fork.js';
import { registerGraph } from './commands/graph.js';
import { registerHealth } from './commands/health.js';
import { registerHelp } from './commands/help.js';
import { registerHistory } from './commands/history.js';
import { registerInit } from './commands/init.js';
import { registerList } from './commands/list.js';
import { registerLogs } from './commands/logs.js';
import { registerMonitor } from './commands/monitor.js';
import { registerMetrics } from './commands/metrics.js';
import { registerModels } from './commands/models.js';
import { registerPause, registerUnpause } from './commands/pause.js';
import { registerPlan } from './commands/plan.js';
import { registerPools } from './commands/pools.js';
import { registerReport } from './commands/report.js';
import { registerRerun } from './commands/rerun.js';
import { registerResult } from './commands/result.js';
import { registerResume } from './commands/resume.js';
import { registerRun } from './commands/run.js';
import { registerSchedule } from './commands/schedule.js';
import { registerSchema } from './commands/schema.js';
import { registerSetup } from './commands/setup.js';
import { registerStatus } from './commands/status.js';
import { registerStream } from './commands/stream.js';
import { registerTerminate } from './commands/terminate.js';
import { registerValidate } from './commands/validate.js';
import { registerWatch } from './commands/watch.js';
import { registerWhy } from './commands/why.js';
import { registerWorker } from './commands/worker.js';
import type { CliContext } from './context.js';

/** Adds one command. Its action imports what is heavy only when it runs, so that `sluice --help` starts fast. */
export type Register = (program: Command, cli: CliContext) => void;

/** Every command, in the order and under the headings of `sluice --help`. */
export const REGISTRATIONS: ReadonlyArray<readonly [heading: string, commands: readonly Register[]]> = [
  ['Project', [registerInit, registerDev, registerSetup, registerDoctor, registerCompletion, registerHelp]],
  ['Definitions', [registerValidate, registerPlan, registerGraph, registerExport, registerSchema]],
  [
    'Runs',
    [
      registerRun,
      registerBackfill,
      registerCheck,
      registerList,
      registerStatus,
      registerWatch,
      registerEvents,
      registerResult,
      registerLogs,
      registerStream,
      registerArtifacts,
      registerPause,
      registerUnpause,
      registerRetry,
      registerSkip,
      registerFail,
      registerAmend,
      registerWhy,
      registerApprovals,
      registerApprove,
      registerReject,
      registerCanary,
      registerCancel,
      registerTerminate,
      registerResume,
      registerFork,
      registerRerun,
      registerDiff,
    ],
  ],
  ['Schedules', [registerSchedule]],
  ['Watching', [registerHealth, registerMonitor, registerAlerts]],
  ['Models', [registerModels]],
  ['History', [registerHistory, registerMetrics, registerAnomalies, registerReport]],
  ['Workers', [registerWorker, registerPools]],
  ['Storage', [registerCache, registerCleanup]],
];
