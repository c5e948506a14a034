import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { stageLevels } from '../../engine/levels.js';
import { unpackPlan } from '../../engine/pack-plan.js';
import type { Plan } from '../../engine/plan.js';
import type { RunResult, RunStatus, StageResult } from '../../engine/result.js';
import type { Continuation } from '../../engine/reuse.js';
import type { RunInput } from '../../engine/run-input.js';
import { ClientError } from '../client-error.js';
import type { RunHandle } from '../run-handle.js';
import { shellWord } from '../../shared/shell-word.js';
import { withItemsLeftBehind } from './items-left-behind.js';
import { readRunInput } from './read-run-input.js';
import type { EarlierRun } from './verdict.js';

const FINAL: ReadonlySet<string> = new Set([
  'succeeded',
  'failed',
  'timed_out',
  'skipped',
  'cancelled',
  'reused',
]);

/** A run with all that it was made of and gave. Throws `run_not_ended` for one to be resumed that goes on. */
export async function readEarlierRun(
  client: Client,
  run: RunHandle,
  how: Continuation | 'diff',
): Promise<EarlierRun> {
  const description = await run.describe();
  const isOver = description.closeTime !== undefined;
  if (!isOver && how === 'resume') throw stillRuns(run);
  const input = await readRunInput(client, description);
  const plan = unpackPlan(input.plan);
  const result = await resultOf(run, description, how);
  const isUnknown = plan.stages.length > 0 && Object.keys(result.stages).length === 0;
  if (isUnknown && how !== 'rerun' && how !== 'diff') throw noResult(run, description);
  return toEarlierRun(input, plan, await withItemsLeftBehind(client, result), description);
}

function toEarlierRun(
  input: RunInput,
  plan: Plan,
  result: RunResult | RunStatus,
  description: WorkflowExecutionDescription,
): EarlierRun {
  const { workflow_id, run_id, pipeline, version, mode, started_at } = result;
  const scheduled = description.searchAttributes['TemporalScheduledStartTime']?.[0];
  const scheduled_at =
    input.reuse?.scheduled_at ?? (scheduled instanceof Date ? scheduled.toISOString() : started_at);
  return {
    workflow_id,
    run_id,
    status: result.status,
    plan,
    inputs: input.inputs,
    ...(input.approval_keys === undefined ? {} : { approvalKeys: input.approval_keys }),
    variables: input.variables,
    mode: input.mode,
    forced: input.forced === true,
    facts: {
      id: run_id,
      workflow_id,
      pipeline,
      version,
      mode,
      attempt: 1,
      started_at,
      scheduled_at,
      ...(input.partition === undefined ? {} : { partition: input.partition }),
    },
    stages: result.stages,
    result: { outputs: result.outputs, duration_ms: result.total_duration_ms },
    order: endOrder(input, plan, result.stages),
    undone: new Set(Object.keys(result.undone ?? {})),
    leftOver: leftOver(result, input),
    amended: amendedIn(result),
  };
}

function leftOver({ status, stages, undone = {} }: RunResult | RunStatus, input: RunInput): Set<string> {
  if (status === 'succeeded') return new Set();
  const inherited = new Set(input.reuse?.left_over);
  const ids = Object.entries(stages)
    .filter(([id, stage]) => stage.status === 'succeeded' || (stage.status === 'reused' && inherited.has(id)))
    .map(([id]) => id);
  return new Set(ids.filter((id) => !Object.hasOwn(undone, id)));
}

function amendedIn({ amendments = [], stages }: RunResult | RunStatus): EarlierRun['amended'] {
  const names = (pattern: RegExp): readonly string[] =>
    amendments.flatMap(({ what }) => pattern.exec(what)?.[1] ?? []);
  const held = Object.entries(stages).filter(([, { decisions = [] }]) =>
    decisions.some(({ params }) => params !== undefined),
  );
  return {
    variables: new Set(names(/^variables\.(.+)$/)),
    params: new Set([...names(/^stages\.(.+)\.params$/), ...held.map(([id]) => id)]),
  };
}

/**
 * Stages that ended, in the order in which they did. What was taken over or carried along kept its order in the input;
 * of stages that ended within one millisecond those that others depend on come first.
 */
function endOrder(
  { carried, reuse }: Pick<RunInput, 'carried' | 'reuse'>,
  plan: Plan,
  stages: Readonly<Record<string, StageResult>>,
): readonly string[] {
  const known = [...(carried?.ended ?? []), ...(reuse?.stages ?? [])].map(([id]) => id);
  const rank = new Map(known.map((id, index) => [id, index]));
  const levels = stageLevels(plan.stages);
  const keyOf = (id: string): readonly [number, string, number] => [
    rank.get(id) ?? known.length,
    rank.has(id) ? '' : (stages[id]?.ended_at ?? ''),
    levels.get(id) ?? 0,
  ];
  return plan.stages
    .filter(({ id }) => FINAL.has(stages[id]?.status ?? ''))
    .map(({ id }) => ({ id, key: keyOf(id) }))
    .sort((a, b) => a.key[0] - b.key[0] || a.key[1].localeCompare(b.key[1]) || a.key[2] - b.key[2])
    .map(({ id }) => id);
}

function resultOf(
  run: RunHandle,
  description: WorkflowExecutionDescription,
  how: Continuation | 'diff',
): Promise<RunResult | RunStatus> {
  // What is repeated as a whole needs no result, and what is compared is compared as far as it is known.
  if (how === 'rerun' || how === 'diff') return run.status({ outputs: how === 'diff' });
  return description.closeTime === undefined ? run.status() : run.result();
}

function stillRuns(run: RunHandle): ClientError {
  return new ClientError(
    'run_not_ended',
    `The run "${run.workflowId}" has not ended, so it cannot be resumed.`,
    {
      hint: `Cancel it first with: sluice cancel ${run.workflowId}. Or make a new run of it with: sluice fork ${run.workflowId}`,
    },
  );
}

function noResult(run: RunHandle, { taskQueue }: WorkflowExecutionDescription): ClientError {
  return new ClientError(
    'no_answer',
    `How far "${run.workflowId}" came is told neither by its history, which another version of Sluice wrote, nor by a worker: none answers on task queue "${taskQueue}".`,
    {
      hint: `Start a worker of that version and try again, or repeat the whole run with: sluice rerun ${shellWord(run.workflowId)}`,
    },
  );
}
