export { ClientError, type ClientErrorCode } from './client-error.js';
export { RunHandle, type CancelOptions } from './run-handle.js';
export type { LogsOptions } from './events/run-logs.js';
export type { Explanation, StageExplanation } from './why/explain-run.js';
export { type Expectation, expectedDurations } from './why/expected-durations.js';
export type { ApprovalKeys } from './approvals/approval-keys.js';
export type { DecisionOptions } from './approvals/decision.js';
export type { ApprovalFilter, ApprovalItem } from './approvals/list-approvals.js';
export type { ApprovalAnswer } from '../workflows/messages.js';
export type { RunMatch } from './matching-runs.js';
export {
  RunSteering,
  type AmendRunMessage,
  type AmendStageMessage,
  type RetryStageMessage,
  type SkipStageMessage,
  type Steer,
} from './run-steering.js';
export {
  type BeginOptions,
  SluiceClient,
  type SluiceClientSettings,
  type StartOptions,
} from './sluice-client.js';
export { LISTED_ITEMS, type ItemStatus, type ListedItems, type MapItem } from './items/item-list.js';
export type { ItemsOptions, StageItems } from './items/stage-items.js';
export { artifactsOf, openArtifact, type RunArtifact, saveArtifact } from './artifacts.js';
export { cleanUp, type CleanUpOptions, type CleanUpReport } from './cleanup/clean-up.js';
export {
  type CachedResultItem,
  type CacheFilter,
  clearCachedResults,
  listCachedResults,
} from './cached-results.js';
export { planSchedules, type PlannedSchedule, type SchedulesPlan } from './schedules/plan-schedules.js';
export type { DueTime } from './schedules/due-times.js';
export type { ScheduleChange } from './schedules/schedule-changes.js';
export type { ScheduleConflict } from './schedules/schedule-conflicts.js';
export type { ScheduledRun, ScheduleItem } from './schedules/schedule-item.js';
export { type BackfillScheduleOptions, type ListSchedulesFilter, Schedules } from './schedules/schedules.js';
export { type NextRun, nextRuns } from './schedules/next-runs.js';
export { type AlertFilter, Alerts } from './alerts/alerts.js';
export type { AlertView } from '../engine/alert-state.js';
export { Models } from './models/models.js';
export type { AliasMeaning } from './models/alias-at.js';
export type { ModelEvent, MoveAnswer } from '../engine/models/model-event.js';
export type { ModelView } from '../engine/models/model-state.js';
export type { ModelVersionView } from '../engine/models/model-version.js';
export type { PoolStatus } from './pools.js';
export type { RunReference } from './find-run.js';
export { LISTED_STATUSES } from './listed-statuses.js';
export type { ListedStatus, ListFilter, RunListItem } from './run-list.js';
export { RunHistory } from './history/run-history.js';
export type { Anomaly, AnomalyKind, AnomalyReport } from './history/anomalies.js';
export type { Distribution } from './history/distribution.js';
export type { HistoryItem } from './history/history-item.js';
export type { HistoryFilter } from './history/read-runs.js';
export type { RunMetrics } from './history/run-metrics.js';
export type { RunReport } from './history/run-report.js';
export { requirementStates } from './requirements.js';
export type { RequirementState } from '../worker/requirements.js';
export { ensureSearchAttributes, missingSearchAttributes } from './search-attributes.js';
export type { ContinuationPlan, ContinueOptions } from './resume/plan-continuation.js';
export type { ResumeReason, ResumeVerdict, StageVerdict } from './resume/verdict.js';
export type { Pair, RunDiff, StageDiff } from './diff/compare-runs.js';
export type { Difference } from './resume/differences.js';
export type { EventError, RunEvent, StageErrorEvent } from './events/run-event.js';
export type { EventsOptions } from './events/run-events.js';
export { StageHandle } from './events/stage-handle.js';
export type { StreamItem, StreamOptions } from './events/stage-stream.js';
export { onRunEvents, type RunEventHandlers } from './events/on-run-events.js';
export type { RunSnapshot, StageRetry, WatchEvent } from './watch-event.js';
export type { WatchOptions } from './watch-run.js';
export type { LiveAttempt, LiveProgress } from './live-attempt.js';
export type { RunResult, RunStatus, StageResult } from '../engine/result.js';
export { loadDefinition, type LoadOptions, type LoadOutcome } from '../definition/load.js';
export { DefinitionError, formatProblem, type Problem } from '../definition/problem.js';
export type { Plan } from '../engine/plan.js';
