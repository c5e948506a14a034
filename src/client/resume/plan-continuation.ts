import type { Client } from '@temporalio/client';
import { createRunInput } from '../../engine/create-run-input.js';
import type { ItemLedger } from '../../engine/map-ledger.js';
import type { Plan } from '../../engine/plan.js';
import type { StageResult } from '../../engine/result.js';
import type { Continuation, ReusedRun } from '../../engine/reuse.js';
import type { RunInput } from '../../engine/run-input.js';
import type { JsonObject } from '../../shared/json.js';
import type { BlobStore } from '../../storage/blob-store.js';
import { type ApprovalKeys, publicKeysFor } from '../approvals/approval-keys.js';
import { ClientError } from '../client-error.js';
import { unknownStage } from '../unknown-stage.js';
import { itemLedger } from '../items/item-ledger.js';
import type { RunHandle } from '../run-handle.js';
import type { Versions } from './compare-stage.js';
import { isSame } from './differences.js';
import { findLost } from './find-lost.js';
import { type PlannedResume, planResume } from './plan-resume.js';
import { readEarlierRun } from './read-earlier-run.js';
import type { EarlierRun, StageVerdict } from './verdict.js';
import { shellWord } from '../../shared/shell-word.js';

export type ContinueOptions = {
  /** Runs this stage again and all that depend on it. */
  readonly from?: string;
  /** Runs the failed items of this stage with `map` again, and what depends on it. */
  readonly failedItemsOf?: string;
  /** @default the definition of the earlier run */
  readonly definition?: Plan;
  /** Values that replace those of the earlier run, or what gives them once it is known what the definition takes. */
  readonly inputs?: JsonObject | ((plan: Plan) => Promise<JsonObject>);
  /** Versions of the stage functions as they are now, by name. Not compared where they are not given. */
  readonly versions?: Versions;
};

/** What a run that is made from an earlier one will do, and all that is needed to start it. */
export type ContinuationPlan = {
  readonly how: Continuation;
  readonly from: Pick<EarlierRun, 'workflow_id' | 'run_id' | 'status'>;
  readonly pipeline: string;
  readonly version: string;
  /** By stage, in the order of the definition. */
  readonly stages: Readonly<Record<string, StageVerdict>>;
  /** Stages of the earlier run that the definition no longer has. */
  readonly removed: readonly string[];
  readonly input: RunInput;
};

/**
 * Plans a run that is made from an earlier one; nothing is started. Throws `run_not_ended` for the resume of a run that
 * goes on, `wrong_pipeline`, `unknown_stage`, `invalid_inputs`, and `no_answer` when nobody knows how far it came.
 */
export async function planContinuation(
  deps: {
    readonly client: Client;
    readonly store?: BlobStore | undefined;
    readonly approvalKeys?: ApprovalKeys | undefined;
  },
  run: RunHandle,
  request: ContinueOptions & { readonly how: Continuation },
): Promise<ContinuationPlan> {
  const { how, from, failedItemsOf, versions, definition } = request;
  const earlier = await readEarlierRun(deps.client, run, how);
  const plan = definition ?? earlier.plan;
  checkPipeline(earlier, plan);
  checkStage(plan, from ?? failedItemsOf);
  const { inputs = {} } = request;
  const input = nextInput(earlier, plan, typeof inputs === 'function' ? await inputs(plan) : inputs);
  const next = { plan, inputs: input.inputs, variables: input.variables, mode: input.mode };
  const lost = how === 'rerun' ? undefined : await findLost(earlier, deps.store);
  const planned =
    how === 'rerun'
      ? wholePlan(plan)
      : planResume(earlier, next, {
          from: from ?? null,
          failedItemsOf: failedItemsOf ?? null,
          versions: versions ?? null,
          ...(lost === undefined ? {} : { lost }),
        });
  if (failedItemsOf !== undefined) checkItems(earlier, planned, failedItemsOf);
  const { workflow_id, run_id, status } = earlier;
  // What had to be signed before must be signed still, also when whoever goes on has no keys.
  const keys = publicKeysFor(plan, deps.approvalKeys) ?? earlier.approvalKeys;
  const signed = keys === undefined ? {} : { approval_keys: keys };
  const items = await itemsOf(earlier, planned, deps.store);
  return {
    how,
    from: { workflow_id, run_id, status },
    pipeline: plan.pipeline,
    version: plan.version,
    stages: planned.verdicts,
    removed: planned.removed,
    input: { ...input, reuse: reuseOf(earlier, planned, { how, plan }), ...items, ...signed },
  };
}

function reuseOf(
  earlier: EarlierRun,
  { reused, verdicts }: PlannedResume,
  { how, plan }: { readonly how: Continuation; readonly plan: Plan },
): ReusedRun {
  const { workflow_id, run_id, facts, stages, leftOver } = earlier;
  const gains = Object.entries(stages)
    .filter(([id]) => verdicts[id]?.reason === 'items')
    .map(([id, { state, metrics, versions }]) => [
      id,
      { metrics, ...(state === undefined ? {} : { state }), ...(versions === undefined ? {} : { versions }) },
    ]);
  // A fork leaves what it was made from to itself.
  const undoable = new Set(plan.stages.filter(({ undo }) => undo !== null).map(({ id }) => id));
  const left = how === 'resume' ? reused.filter((id) => leftOver.has(id) && undoable.has(id)) : [];
  return {
    how,
    from: { workflow_id, run_id },
    scheduled_at: facts.scheduled_at,
    stages: reused.flatMap((id): (readonly [string, StageResult])[] => {
      const result = stages[id];
      return result === undefined ? [] : [[id, result]];
    }),
    ...(left.length === 0 ? {} : { left_over: left }),
    ...(gains.length === 0 ? {} : { gains: Object.fromEntries(gains) }),
  };
}

/** The items that are done of fan-outs that go on. */
async function itemsOf(
  { stages }: EarlierRun,
  { verdicts }: PlannedResume,
  store: BlobStore | undefined,
): Promise<Pick<RunInput, 'reuse_items'>> {
  const ledgers: Record<string, ItemLedger> = {};
  for (const [id, { reason }] of Object.entries(verdicts)) {
    const result = reason === 'items' ? stages[id] : undefined;
    const ledger = result === undefined ? null : await itemLedger(result, store);
    if (ledger !== null) ledgers[id] = ledger;
  }
  return Object.keys(ledgers).length === 0 ? {} : { reuse_items: ledgers };
}

/** Whoever wants failed items alone must not get all of them, or none, instead. */
function checkItems(earlier: EarlierRun, { verdicts }: PlannedResume, stage: string): void {
  const verdict = verdicts[stage];
  if (verdict?.reason === 'items') return;
  const items = earlier.stages[stage]?.items;
  const run = `"${earlier.workflow_id}"`;
  if (items === undefined) {
    throw new ClientError('no_items', `Stage "${stage}" of ${run} has no items.`, {
      hint: 'Only a stage with `map` that has run has items.',
    });
  }
  if (items.failed === 0 && verdict?.verdict === 'reuse') {
    throw new ClientError('no_items', `No item of stage "${stage}" of ${run} failed.`);
  }
  throw new ClientError(
    'no_items',
    `The failed items of stage "${stage}" of ${run} cannot run alone: ${verdict?.detail ?? 'it does not run'}.`,
    { hint: `Run all that changed or failed with: sluice resume ${shellWord(earlier.workflow_id)}` },
  );
}

/** The verdicts of a run that is repeated as a whole. */
function wholePlan({ stages }: Plan): PlannedResume {
  const again = { verdict: 'run', reason: 'asked', detail: 'the whole run is repeated' } as const;
  return { verdicts: Object.fromEntries(stages.map(({ id }) => [id, again])), reused: [], removed: [] };
}

/**
 * The input of the new run. A value that was the default then gives way to the default of today; values of inputs that
 * the definition no longer has are left out.
 */
function nextInput(earlier: EarlierRun, plan: Plan, given: JsonObject): RunInput {
  const { plan: before, mode, forced } = earlier;
  const kept = Object.entries(earlier.inputs).filter(
    ([name, value]) =>
      Object.hasOwn(plan.inputs, name) && !isSame(value, before.inputs[name]?.default ?? null),
  );
  const { partition } = earlier.facts;
  const made = createRunInput(plan, {
    inputs: { ...Object.fromEntries(kept), ...given },
    mode,
    forced,
    ...(partition === undefined ? {} : { partition }),
  });
  if ('input' in made) return made.input;
  throw new ClientError(
    'invalid_inputs',
    `Pipeline "${plan.pipeline}" cannot start: ${made.problems.join('; ')}.`,
    {
      hint: 'Inputs of the earlier run are kept; change them with -i NAME=VALUE.',
    },
  );
}

function checkPipeline(earlier: EarlierRun, plan: Plan): void {
  const { pipeline } = earlier.plan;
  if (plan.pipeline === pipeline) return;
  throw new ClientError(
    'wrong_pipeline',
    `The definition is of pipeline "${plan.pipeline}", and "${earlier.workflow_id}" is a run of "${pipeline}".`,
    { hint: 'Give a definition of the same pipeline, or start a run of its own with: sluice run FILE' },
  );
}

function checkStage(plan: Plan, from: string | undefined): void {
  const ids = plan.stages.map(({ id }) => id);
  if (from === undefined || ids.includes(from)) return;
  throw unknownStage(`Pipeline "${plan.pipeline}"`, from, ids);
}
