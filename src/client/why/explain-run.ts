import type { Client } from '@temporalio/client';
import { unpackPlan } from '../../engine/pack-plan.js';
import type { Plan } from '../../engine/plan.js';
import { remainingPathMs } from '../../engine/remaining-path.js';
import type { RunStatus, StageStatus } from '../../engine/result.js';
import { isoTime, type StageRecord } from '../../engine/stage-record.js';
import { awaitedStages } from '../approvals/list-approvals.js';
import { groupHolder } from '../group-holder.js';
import { byStage, readLiveAttempts } from '../live-attempt.js';
import { errorWords } from '../render/wording.js';
import { readRunInput } from '../resume/read-run-input.js';
import type { RunHandle } from '../run-handle.js';
import { hasWorker } from '../task-queue.js';
import { unknownStage } from '../unknown-stage.js';
import { type Expectation, expectedDurations } from './expected-durations.js';
import { asSentence, explainStage, pausedWords, withoutStop } from './explain-stage.js';

export type StageExplanation = {
  readonly stage: string;
  readonly status: StageStatus | 'unknown';
  readonly sentence: string;
};

/** Why a run, or a stage of it, is where it is. */
export type Explanation = {
  readonly workflow_id: string;
  readonly run_id: string;
  readonly status: RunStatus['status'];
  /** One sentence about the run itself. */
  readonly sentence: string;
  /** Of a run that goes on what has not ended, else what keeps it from success; or the stage that was asked for. */
  readonly stages: readonly StageExplanation[];
  /** When it should end if its stages take as long as in earlier runs; null when that is unknown or people decide. */
  readonly expected_end: string | null;
  /** From how many earlier runs. */
  readonly expected_from_runs: number;
};

/** Explains a run. Without a worker that answers it tells what Temporal alone knows, and says so. */
export async function explainRun(client: Client, run: RunHandle, stage?: string): Promise<Explanation> {
  const description = await run.describe();
  const execution = { workflowId: run.workflowId, runId: description.runId };
  const [status, input, live] = await Promise.all([
    run.status({ outputs: false }),
    readRunInput(client, execution),
    readLiveAttempts(client, description.raw.pendingActivities ?? []),
  ]);
  const plan = unpackPlan(input.plan);
  const { taskQueue } = description;
  const deserted = await desertedQueues(client, plan, taskQueue);
  const holder = await holderWords(client, plan, status);
  const facts = { plan, status, holder, live: byStage(live), deserted, taskQueue, now: Date.now() };
  const isKnown = Object.keys(status.stages).length > 0;
  const all = plan.stages.map((one): StageExplanation => {
    const result = status.stages[one.id];
    if (result === undefined)
      return { stage: one.id, status: 'unknown', sentence: `"${one.id}" is unknown without a worker.` };
    return {
      stage: one.id,
      status: result.status,
      sentence: asSentence(`"${one.id}" ${explainStage(one, result, facts)}`),
    };
  });
  const expectation =
    status.ended_at === null && isKnown ? await expectedDurations(client, plan.pipeline) : null;
  return {
    workflow_id: status.workflow_id,
    run_id: status.run_id,
    status: status.status,
    sentence: runSentence(status, { plan, holder, isKnown, isDeserted: deserted.has(taskQueue), taskQueue }),
    stages:
      isKnown || stage !== undefined
        ? chosen([...all, ...inItems(all, description.memo)], {
            run: run.workflowId,
            stage,
            isOpen: status.ended_at === null,
          })
        : fromMemo(description.memo),
    expected_end: expectation === null ? null : expectedEnd(plan, status, expectation, facts.now),
    expected_from_runs: expectation?.runs ?? 0,
  };
}

/** Who holds the group that a run waits for. */
async function holderWords(client: Client, { concurrency }: Plan, { status }: RunStatus): Promise<string> {
  const holder =
    concurrency === null || status !== 'queued' ? null : await groupHolder(client, concurrency.group);
  return holder === null ? 'is about to be free' : `"${holder.workflow_id}" holds`;
}

async function desertedQueues(client: Client, plan: Plan, own: string): Promise<ReadonlySet<string>> {
  const queues = new Set([own, ...plan.stages.flatMap(({ task_queue }) => task_queue ?? [])]);
  const answers = await Promise.all(
    [...queues].map(async (queue) => [queue, await hasWorker(client, queue)] as const),
  );
  return new Set(answers.flatMap(([queue, isPolled]) => (isPolled ? [] : [queue])));
}

function chosen(
  all: readonly StageExplanation[],
  wanted: { readonly run: string; readonly stage: string | undefined; readonly isOpen: boolean },
): readonly StageExplanation[] {
  const { run, stage, isOpen } = wanted;
  if (stage !== undefined) {
    const found = all.find((one) => one.stage === stage);
    if (found !== undefined) return [found];
    throw unknownStage(
      `The run "${run}"`,
      stage,
      all.map((one) => one.stage),
    );
  }
  const shown: readonly string[] = isOpen
    ? ['running', 'waiting', 'awaiting_approval', 'held', 'failed', 'timed_out', 'pending']
    : ['failed', 'timed_out', 'cancelled', 'skipped'];
  return all.filter(({ status }) => shown.includes(status));
}

/** What waits for people inside of the items of maps, which are no stages of the run. */
function inItems(
  all: readonly StageExplanation[],
  memo: Readonly<Record<string, unknown>> | undefined,
): readonly StageExplanation[] {
  const own = new Set(all.map(({ stage }) => stage));
  return fromMemo(memo).filter(({ stage }) => !own.has(stage));
}

function fromMemo(memo: Readonly<Record<string, unknown>> | undefined): readonly StageExplanation[] {
  return awaitedStages(memo).map(([stage, { kind, since, message }]) => ({
    stage,
    status: kind === 'held' ? 'held' : 'awaiting_approval',
    sentence: asSentence(
      `"${stage}" ${kind === 'held' ? 'is held' : 'waits for approval'} since ${since}: ${message}`,
    ),
  }));
}

function runSentence(
  status: RunStatus,
  facts: {
    readonly plan: Plan;
    readonly holder: string;
    readonly isKnown: boolean;
    readonly isDeserted: boolean;
    readonly taskQueue: string;
  },
): string {
  const words = status.status.replace('_', ' ');
  if (status.ended_at !== null) {
    const why =
      status.error === null
        ? ''
        : `: ${status.error.stage === '' ? '' : `stage "${status.error.stage}" ended with `}${withoutStop(errorWords(status.error))}`;
    return asSentence(
      `The run ${words === 'cancelled' ? cancelWords(status) : words} at ${status.ended_at}${why}`,
    );
  }
  if (facts.isDeserted)
    return `No worker polls the run's task queue "${facts.taskQueue}", so nothing moves; start one with sluice worker.`;
  if (!facts.isKnown)
    return `No worker answers on task queue "${facts.taskQueue}"; this is what Temporal alone knows.`;
  if (status.paused !== undefined && status.paused !== null)
    return `The run ${pausedWords(status.paused).replace('does not start because ', 'starts nothing because ')}.`;
  if (status.status === 'queued')
    return `The run waits for the concurrency group "${facts.plan.concurrency?.group ?? ''}", which ${facts.holder}.`;
  const { done, total } = status.progress;
  return `The run goes on: ${done} of ${total} stages are done.`;
}

/** Who cancelled a run is known where it was told. */
function cancelWords({ amendments }: RunStatus): string {
  const cancelled = amendments?.findLast(({ what }) => what === 'cancelled');
  if (cancelled === undefined) return 'was cancelled';
  const { by, reason } = cancelled;
  return `was cancelled by ${by}${reason === null || reason === '' ? '' : ` (${reason})`}`;
}

/** Null as long as people have to decide something first, because nobody knows when they will. */
function expectedEnd(
  plan: Plan,
  status: RunStatus,
  { stages, runs }: Expectation,
  now: number,
): string | null {
  if (runs === 0 || (status.paused ?? null) !== null) return null;
  const records: StageRecord[] = [];
  for (const stage of plan.stages) {
    const result = status.stages[stage.id];
    if (result === undefined) continue;
    if (result.status === 'awaiting_approval' || result.status === 'held') return null;
    const { wave, started_at, ended_at } = result;
    records.push({
      plan: stage,
      wave,
      status: result.status,
      startedAt: started_at === null ? null : Date.parse(started_at),
      endedAt: ended_at === null ? null : Date.parse(ended_at),
      outcome: null,
    });
  }
  return isoTime(now + remainingPathMs(records, stages, now));
}
