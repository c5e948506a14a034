/** Names that cross process borders: Temporal task queues, activity types, search attributes and error types. */

/** The task queue used where neither the configuration nor a stage names one. */
export const DEFAULT_TASK_QUEUE = 'sluice';

/** The workflow type that runs a plan. */
export const PIPELINE_WORKFLOW = 'pipeline';

/** The workflow type whose ID is a concurrency group and whose life is the time in which a run holds it. */
export const GROUP_LOCK_WORKFLOW = 'group_lock';

/** The workflow ID that is a concurrency group: the server lets it exist once. */
export function groupLockId(group: string): string {
  return `concurrency/${group}`;
}

/** The workflow type that runs a share of the items of a large map. */
export const MAP_SHARD_WORKFLOW = 'map_shard';

/** The workflow type that divides a large map into shards. */
export const MAP_WORKFLOW = 'map_coordinator';

/** The workflow type that hands out the slots of a pool; its ID is {@link poolWorkflowId}. */
export const POOL_WORKFLOW = 'pool';

/** The ID of the workflow that keeps a pool. No run has one like it, because names of pipelines hold no dot. */
export function poolWorkflowId(pool: string): string {
  return `sluice.pool/${pool}`;
}

/** The workflow type of one open alert; its ID is {@link alertWorkflowId}, so that there is one for each key. */
export const ALERT_WORKFLOW = 'alert';

/** The workflow type that tries a channel. */
export const ALERT_TEST_WORKFLOW = 'alert_test';

/** The ID of the workflow of an alert. */
export function alertWorkflowId(key: string): string {
  return `alert/${key}`;
}

/** The workflow type that runs a pipeline for many windows of time; its ID is {@link backfillWorkflowId}. */
export const BACKFILL_WORKFLOW = 'backfill';

/** The ID of the workflow of a backfill. */
export function backfillWorkflowId(pipeline: string, key: string): string {
  return `backfill/${pipeline}/${key}`;
}

/** The workflow type that keeps the versions of one model; its ID is {@link modelWorkflowId}. */
export const MODEL_WORKFLOW = 'model';

/** The ID of the workflow of a model. No run has one like it, because names of pipelines hold no dot. */
export function modelWorkflowId(model: string): string {
  return `sluice.model/${model}`;
}

/** The key of what lists show in the memo of a model. */
export const MODEL_MEMO = 'model';

/** Names of stage functions that begin with this are built in. */
export const BUILT_IN_PREFIX = 'sluice/';

/** The workflow type that moves traffic to a new version; its ID is {@link canaryWorkflowId}. */
export const CANARY_WORKFLOW = 'canary';

/**
 * The ID of the canary of a service: the server lets it exist once, so that no two fight over its traffic. The same
 * service may have one behind each router.
 */
export function canaryWorkflowId(service: string, router: string | null): string {
  const host = router?.replace(/^https?:\/\/(?:[^/@]*@)?/i, '').replace(/[/?#].*$/, '');
  return `canary/${service}${host === undefined ? '' : `@${host}`}`;
}

/** The workflow type that looks at all pipelines, and the schedule that starts it. */
export const MONITOR_WORKFLOW = 'monitor';
export const MONITOR_SCHEDULE = 'sluice-monitor';

/** Activity types of the built-in stage kinds; user stage functions are registered under their own names. */
export const ACTIVITY = {
  run: 'sluice.run',
  http: 'sluice.http',
  probe: 'sluice.probe',
  poolCheck: 'sluice.pool_check',
  /** Looks whether what a scheduled run requires is there. */
  requirementCheck: 'sluice.requirement_check',
  /** Reads one page of what a fan-out goes over. */
  mapPage: 'sluice.map_page',
  /** Reads what comes next of the chunks that a fan-out goes over. */
  mapStream: 'sluice.map_stream',
  /** Keeps results of a fan-out as a piece of its file. */
  mapCollectPart: 'sluice.map_collect_part',
  /** Makes one file of the pieces. */
  mapReadParts: 'sluice.map_read_parts',
  mapCollectFile: 'sluice.map_collect_file',
  lastSuccess: 'sluice.last_success',
  /** Measures the KPIs of both versions of a canary. */
  canaryMeasure: 'sluice.canary_measure',
  /** Sends one message about an alert to one channel. */
  alert: 'sluice.alert',
  /** Waits until the run of a workflow ID has ended, and says how. */
  runEnd: 'sluice.run_end',
  /** Looks at all pipelines and says which alert rules hold. */
  health: 'sluice.health',
  /** Looks whether the store holds the artifact of a version of a model. */
  modelCheck: 'sluice.model_check',
  /** Keeps old records of a model in the store. */
  modelPage: 'sluice.model_page',
} as const;

/** The version of a stage function that names none. Results leave it out. */
export const DEFAULT_VERSION = '1';

/** Search attributes, all of type Keyword but the two lists. */
export const SEARCH_ATTRIBUTE = {
  pipeline: 'SluicePipeline',
  version: 'SluiceVersion',
  status: 'SluiceStatus',
  mode: 'SluiceMode',
  labels: 'SluiceLabels',
  failedStages: 'SluiceFailedStages',
  parentRun: 'SluiceParentRun',
  /** What people have to decide: `none`, or kinds joined by a comma. */
  awaiting: 'SluiceAwaiting',
} as const;

/** The value of {@link SEARCH_ATTRIBUTE}`.awaiting` while nobody has to decide anything. */
export const NOTHING_AWAITED = 'none';

/** Types carried by errors across Temporal. A definition's `retryable_errors` may name them. */
export const ERROR_TYPE = {
  /** Params, output or inputs do not fit their schema. Not retried. */
  validation: 'ValidationError',
  /** A stage ran past `timeout`, `total_timeout` or `queue_timeout`, or stopped heartbeating. */
  timeout: 'TimeoutError',
  /** A command exited with a code other than 0, or was ended by a signal. */
  command: 'CommandError',
  /** A command could not be started at all. Not retried. */
  commandNotFound: 'CommandNotFound',
  /** An HTTP response with a status that was not expected. */
  httpStatus: 'HttpError',
  /** The connection of an HTTP request failed. */
  httpConnection: 'HttpConnectionError',
  /** What a `wait_for` stage waits for is not true yet; always retried. */
  notReady: 'NotReady',
  /** A fallback found no earlier success that is recent enough. Not retried. */
  noEarlierSuccess: 'NoEarlierSuccess',
  /** The stage whose chunks a map goes over did not succeed, or its chunks are not there. Not retried. */
  streamBroken: 'StreamBroken',
  /** A later attempt of a stage gave other chunks than those that a map had taken. Not retried. */
  streamChanged: 'StreamChanged',
  /** A check of a gate did not hold. */
  gate: 'GateFailed',
  /** An expression could not be evaluated against the run's values. */
  expression: 'ExpressionError',
  /** A secret named in the definition is not set where the worker runs. Not retried. */
  secretMissing: 'SecretMissing',
  /** A file listed under `artifacts` was not written by the stage. */
  artifactMissing: 'ArtifactMissing',
  /** A child pipeline or the run itself failed; details carry its result. */
  pipelineFailed: 'PipelineFailed',
  /** Partitions of a backfill failed or did not run; details carry its report. */
  backfillFailed: 'BackfillFailed',
  /** The run went past its own `timeout`; details carry its result. */
  pipelineTimedOut: 'PipelineTimedOut',
  /** A child run was cancelled or terminated by somebody else than its parent. */
  pipelineCancelled: 'PipelineCancelled',
  /** The worker ended while the stage ran on it; another worker takes the next attempt. */
  workerShutdown: 'WorkerShutdown',
  /** A hook of the worker failed, and its configuration says that this fails the attempt. */
  hook: 'HookFailed',
  /** A message to a run was refused; nothing changed. */
  refused: 'SteeringRefused',
  /** People rejected an approval, or too few approved it in time. Not retried. */
  rejected: 'Rejected',
  /** A canary did not end with its promotion; details carry its report. Not retried. */
  canary: 'CanaryRolledBack',
  /** A message about an alert could not be sent; it is tried again for a day. */
  channel: 'ChannelError',
  /** A channel refused a message about an alert for good. Not retried. */
  channelRefused: 'ChannelRefused',
  /** A model or a version that a stage needs does not exist. Not retried. */
  modelNotFound: 'ModelNotFound',
  /** The registry does not do to a model what a stage wanted; the message says why. Not retried. */
  modelRefused: 'ModelRefused',
  /** What a run of a schedule or a backfill requires is missing or too old. */
  requirements: 'RequirementsNotMet',
  /** A run could not start because another holds its concurrency group. */
  concurrency: 'ConcurrencyConflict',
} as const;
