import type { ItemLedger } from '../../engine/map-ledger.js';
import type { StagePlan } from '../../engine/plan.js';
import type { BlobStore } from '../../storage/blob-store.js';
import { ClientError } from '../client-error.js';
import type { Versions } from '../resume/compare-stage.js';
import { isSame } from '../resume/differences.js';
import type { EarlierRun, NextRun, StageVerdict } from '../resume/verdict.js';
import { itemLedger } from './item-ledger.js';

export type KeepItemsOptions = {
  readonly verdicts: Readonly<Record<string, StageVerdict>>;
  /** The stage whose failed items a person wants to run again, whatever became of the stage. */
  readonly failedItemsOf: string | null;
  /** Versions of the stage functions that are there now; null where they are not known, and not compared. */
  readonly versions: Versions | null;
  readonly store: BlobStore | undefined;
};

/**
 * Items that a run made from an earlier one does not run again, by stage: those of maps that run again because they did
 * not end well, as far as nothing changed that decides about an item. Throws `no_items` when the failed items of a stage
 * are wanted that has none.
 */
export async function keptItems(
  before: EarlierRun,
  next: NextRun,
  options: KeepItemsOptions,
): Promise<Readonly<Record<string, ItemLedger>>> {
  const { failedItemsOf, verdicts, store } = options;
  const kept: Record<string, ItemLedger> = {};
  for (const stage of next.plan.stages) {
    const result = before.stages[stage.id];
    const isWanted = stage.id === failedItemsOf;
    if (stage.map === null || result === undefined) continue;
    if (!isWanted && !UNFINISHED.has(verdicts[stage.id]?.reason ?? '')) continue;
    if (!isUnchanged(stage, before, next, options)) continue;
    const ledger = await itemLedger(result, store);
    if (ledger !== null) kept[stage.id] = ledger;
  }
  if (failedItemsOf !== null && kept[failedItemsOf] === undefined) {
    throw nothingToRetry(before, failedItemsOf);
  }
  return kept;
}

const UNFINISHED: ReadonlySet<string> = new Set([
  'failed',
  'timed_out',
  'cancelled',
  'never_ran',
  'fell_back',
]);

/** In doubt false: an item too many that runs again is better than one whose result is another one's. */
function isUnchanged(
  stage: StagePlan,
  before: EarlierRun,
  next: NextRun,
  { verdicts, versions }: KeepItemsOptions,
): boolean {
  const was = before.plan.stages.find(({ id }) => id === stage.id);
  if (was === undefined || !isSame(was.action, stage.action) || !isSame(was.map, stage.map)) return false;
  if (!isSame(before.inputs, next.inputs) || !isSame(before.variables, next.variables)) return false;
  if (stage.action.kind === 'pipeline' && !isSame(before.plan.pipelines, next.plan.pipelines)) return false;
  if (stage.depends_on.some((need) => verdicts[need]?.verdict === 'run')) return false;
  const used = before.stages[stage.id]?.versions ?? {};
  return Object.entries(used).every(([name, version]) => (versions?.get(name) ?? version) === version);
}

function nothingToRetry(before: EarlierRun, stage: string): ClientError {
  const items = before.stages[stage]?.items;
  const message =
    items === undefined
      ? `The stage "${stage}" of "${before.workflow_id}" has no items.`
      : `No items of stage "${stage}" of "${before.workflow_id}" can be run alone.`;
  const hint =
    items === undefined
      ? 'Only a stage with `map` that has run has items.'
      : items.failed === 0
        ? 'None of them failed.'
        : `What they depend on runs again, or changed. Run all of them with: sluice resume ${before.workflow_id} --from ${stage}`;
  return new ClientError('no_items', message, { hint });
}
