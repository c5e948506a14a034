import { approvalWords } from '../../engine/approval.js';
import { canaryWords } from '../../engine/canary-words.js';
import type { CanaryView } from '../../engine/canary.js';
import { streamedStage } from '../../engine/map-plan.js';
import type { Plan, StagePlan } from '../../engine/plan.js';
import type { RunStatus, StageResult } from '../../engine/result.js';
import { assertNever } from '../../shared/assert-never.js';
import type { LiveAttempt } from '../live-attempt.js';
import { duration, errorWords } from '../render/wording.js';

/** All that is known of a run that goes on. */
export type RunFacts = {
  readonly plan: Plan;
  readonly status: RunStatus;
  readonly live: ReadonlyMap<string, LiveAttempt>;
  /** Task queues that no worker polls. */
  readonly deserted: ReadonlySet<string>;
  /** Who holds the concurrency group that the run waits for, as the end of a sentence. */
  readonly holder: string;
  /** The task queue of the run. */
  readonly taskQueue: string;
  /** Milliseconds since 1970. */
  readonly now: number;
};

/** Why a stage is where it is, as the end of a sentence that begins with its ID. */
export function explainStage(stage: StagePlan, result: StageResult, facts: RunFacts): string {
  switch (result.status) {
    case 'pending':
      return pendingWords(stage, facts);
    case 'waiting':
      return waitingWords(result, facts);
    case 'running':
      return runningWords(stage, result, facts);
    case 'awaiting_approval':
      return approvalSentence(result, facts.now);
    case 'held':
      return `is held after ${lastError(result)}; decide with sluice retry, skip or fail`;
    case 'skipped':
      return skippedWords(stage, result, facts);
    case 'cancelled':
      return result.started_at === null ? 'was cancelled before it started' : 'was cancelled while it ran';
    case 'failed':
    case 'timed_out':
      return `${result.status === 'failed' ? 'failed' : 'timed out'} at ${result.ended_at ?? ''}${attempts(result)}: ${lastError(result)}`;
    case 'succeeded':
      return `succeeded at ${result.ended_at ?? ''}${attempts(result)}`;
    case 'reused':
      return `was not run: its output is reused from ${result.reused_from ?? 'an earlier run'}`;
    default:
      return assertNever(result.status);
  }
}

function pendingWords(stage: StagePlan, { plan, status, holder }: RunFacts): string {
  const open = stage.depends_on.flatMap((id) => {
    const need = status.stages[id];
    return need === undefined || need.ended_at !== null ? [] : [`"${id}" (${words(need.status)})`];
  });
  if (open.length > 0) return `waits for ${open.length === 1 ? 'stage' : 'stages'} ${open.join(', ')}`;
  if (status.paused !== undefined && status.paused !== null) return pausedWords(status.paused);
  if (status.status === 'queued') {
    return `waits with its run for the concurrency group "${plan.concurrency?.group ?? ''}", which ${holder}`;
  }
  if (plan.scheduling === 'strict') return 'waits for the stages of the level before it (scheduling: strict)';
  return 'is about to be looked at';
}

function waitingWords({ waiting_for }: StageResult, { plan, status }: RunFacts): string {
  if (status.paused !== undefined && status.paused !== null) return pausedWords(status.paused);
  if (waiting_for !== undefined) return `waits for ${waiting_for}; see sluice pools`;
  const busy = Object.entries(status.stages).flatMap(([id, { status: state }]) =>
    state === 'running' ? [id] : [],
  );
  const limit = plan.max_parallel_stages;
  const shown = busy.slice(0, 5).join(', ') + (busy.length > 5 ? `, … (${busy.length} in all)` : '');
  return `waits for a free slot${limit === null ? '' : ` of ${limit} (max_parallel_stages)`}; running now: ${shown}`;
}

/** Who paused the run, when and why. */
export function pausedWords({ by, at, reason }: NonNullable<RunStatus['paused']>): string {
  return `does not start because ${by} paused the run at ${at}${reason === null || reason === '' ? '' : `: ${reason}`}`;
}

function runningWords(stage: StagePlan, result: StageResult, facts: RunFacts): string {
  const live = facts.live.get(stage.id);
  if (result.canary !== undefined) return canarySentence(result.canary);
  if (result.until !== undefined) return `waits until ${result.until}${inWords(result.until, facts.now)}`;
  if (live === undefined) return openWords(stage, result, facts);
  const of = live.maxAttempts > 0 ? ` of ${live.maxAttempts}` : '';
  const error = live.lastError === null ? '' : `, after ${withoutStop(errorWords(live.lastError))}`;
  if (live.nextAttemptAt !== null && live.nextAttemptAt > facts.now) {
    const at = new Date(live.nextAttemptAt).toISOString();
    return stage.action.kind === 'wait_for'
      ? `looks again at ${at}${inWords(at, facts.now)}, until ${limitOf(stage, result)} at the latest${error}`
      : `waits for attempt ${live.attempt}${of} at ${at}${inWords(at, facts.now)}${error}`;
  }
  const queue = stage.task_queue ?? facts.taskQueue;
  if (!live.started) {
    return facts.deserted.has(queue)
      ? `waits for a worker, and no worker polls its task queue "${queue}"`
      : `waits for a worker of task queue "${queue}" to take attempt ${live.attempt}${of}`;
  }
  const fraction = live.progress?.fraction ?? null;
  const progress = fraction === null ? '' : `, ${Math.floor(fraction * 100)}% done`;
  return `runs for ${sinceWords(result, facts.now)}, attempt ${live.attempt}${of}${progress}${error}`;
}

function canarySentence(canary: CanaryView): string {
  return `is a canary: ${canaryWords(canary)}; see sluice canary status ${canary.workflow_id}`;
}

function openWords(stage: StagePlan, result: StageResult, facts: RunFacts): string {
  const { action } = stage;
  const time = sinceWords(result, facts.now);
  if (action.kind === 'pipeline' && stage.map === null) {
    const child = facts.plan.pipelines[action.pipeline]?.pipeline ?? action.pipeline;
    const { workflow_id } = facts.status;
    const id = `${child}/${workflow_id.slice(workflow_id.indexOf('/') + 1)}.${stage.id}`;
    return `runs for ${time} as a run of its own: sluice why ${id}`;
  }
  if (stage.pools.length > 0) {
    const pools = stage.pools.map(({ pool }) => `"${pool}"`).join(', ');
    return `waits for slots of pool ${pools} for ${time}; see sluice pools`;
  }
  const { items } = result;
  if (items !== undefined) {
    const done = items.succeeded + items.failed + items.skipped + items.reused;
    const streamed = items.total === null ? streamedStage(stage.map) : null;
    if (streamed !== null) {
      const producer = facts.status.stages[streamed];
      const state = producer === undefined ? '' : ` (${words(producer.status)})`;
      return `runs for ${time} over the stream of "${streamed}"${state}: ${done} items are done, ${items.running} run`;
    }
    const held = items.held === undefined ? '' : `, ${items.held} held for somebody to retry, skip or fail`;
    return `runs for ${time}: ${done} of ${items.total ?? 'an unknown number of'} items are done, ${items.running} run${held}`;
  }
  return `runs for ${time}`;
}

function approvalSentence({ approval }: StageResult, now: number): string {
  if (approval === undefined) return 'waits for approval';
  const { since, times_out_at, on_timeout } = approval;
  const message = approval.message.trim();
  const end =
    times_out_at === null
      ? ''
      : `; at ${times_out_at}${inWords(times_out_at, now)} it is ${on_timeout === 'reject' ? 'rejected' : 'approved'}`;
  return `asks "${message}" and ${approvalWords(approval)} since ${since}${end}`;
}

function skippedWords(
  stage: StagePlan,
  { skip_reason, skip_detail }: StageResult,
  { status }: RunFacts,
): string {
  switch (skip_reason) {
    case 'disabled':
      return 'was skipped because it is disabled (enabled: false)';
    case 'mode':
      return `was skipped because mode "${status.mode ?? ''}" does not select it`;
    case 'operator':
      return 'was skipped by a person';
    case 'condition': {
      if (skip_detail === undefined) return `was skipped because of run_when: ${stage.run_when}`;
      const values = Object.entries(skip_detail.values).map(
        ([name, value]) => `${name} is ${JSON.stringify(value)}`,
      );
      const where = values.length === 0 ? '' : `, where ${values.join(' and ')}`;
      return `was skipped because its condition is false: ${skip_detail.condition}${where}`;
    }
    case 'upstream': {
      const why = stage.depends_on.filter((id) => {
        const need = status.stages[id];
        return need?.status === 'failed' || need?.status === 'timed_out' || need?.skip_reason === 'upstream';
      });
      return `was skipped because ${why.map((id) => `"${id}" ${words(status.stages[id]?.status ?? 'failed')}`).join(' and ')}`;
    }
    case null:
      return 'was skipped';
    default:
      return assertNever(skip_reason);
  }
}

function limitOf(stage: StagePlan, { started_at }: StageResult): string {
  if (stage.action.kind !== 'wait_for' || started_at === null) return 'its timeout';
  return new Date(Date.parse(started_at) + stage.action.wait_timeout_ms).toISOString();
}

/** With a full stop, unless it ends with a mark already: messages are people's own words. */
export function asSentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

/** Sentences end with their own full stop. */
export function withoutStop(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text;
}

function lastError({ error }: StageResult): string {
  return error === null ? 'an unknown error' : withoutStop(errorWords(error));
}

function attempts(result: StageResult): string {
  return result.attempts > 1 ? ` after ${result.attempts} attempts` : '';
}

function sinceWords({ started_at }: StageResult, now: number): string {
  return duration(started_at === null ? 0 : Math.max(0, now - Date.parse(started_at)));
}

/** ` (in 3h)`. */
function inWords(at: string, now: number): string {
  const left = Date.parse(at) - now;
  return left > 0 ? ` (in ${duration(left)})` : '';
}

function words(status: string): string {
  return status.replaceAll('_', ' ');
}
