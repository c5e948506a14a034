import type { Json } from '../shared/json.js';
import type { MapTotals } from './map-totals.js';
import type { StagePlan } from './plan.js';
import type { ItemSummary, StageError } from './result.js';
import type { StageOutcome } from './stage-record.js';

/** A map that has come to its end. */
export type EndedMap = {
  readonly stage: StagePlan;
  readonly totals: MapTotals;
  /** Null when it ended before its paged source did. */
  readonly total: number | null;
  readonly stopped: 'failed' | 'cancelled' | null;
  /** An error of the map itself, such as a page that cannot be read. */
  readonly error?: StageError;
  /** The collected file, where the map makes one. */
  readonly file?: Json;
  readonly elapsedMs: number;
};

/** How the stage of a map ends. */
export function mapOutcome(map: EndedMap): StageOutcome {
  const { totals, stopped } = map;
  const shared = {
    attempts: 1,
    ...(totals.artifacts.length === 0 ? {} : { artifacts: totals.artifacts }),
    ...orNothing('metrics', totals.metrics),
    ...orNothing('state', totals.state),
    ...orNothing('versions', totals.versions),
  };
  const error = map.error ?? verdictOn(map);
  if (error !== null) return { status: 'failed', error, items: endedItems(map, true), ...shared };
  if (stopped !== null) return { status: 'cancelled', items: endedItems(map, true), ...shared };
  return { status: 'succeeded', output: outputOf(map), items: endedItems(map, false), ...shared };
}

/** The numbers of a map that ended. Its ledger is left out when every item is done. */
function endedItems(map: EndedMap, withOutputs: boolean): ItemSummary {
  const { totals, total, elapsedMs } = map;
  const { counts, failedItems } = totals;
  const done = counts.succeeded + counts.reused + counts.skipped;
  return {
    total,
    ...counts,
    running: 0,
    pending: total === null ? null : total - done - counts.failed,
    rate_per_s: rateOf(counts.succeeded + counts.failed, elapsedMs),
    eta_ms: null,
    failed_items: failedItems,
    ...(done === total ? {} : { ledger: totals.ledger(total, withOutputs) }),
  };
}

/** Items a second, to three digits; null before anything has ended. */
export function rateOf(ended: number, elapsedMs: number): number | null {
  return ended === 0 || elapsedMs <= 0 ? null : Number(((ended * 1_000) / elapsedMs).toPrecision(3));
}

/** Why the failed items fail the stage, or null when they are tolerated. */
function verdictOn({ stage, totals, total, stopped }: EndedMap): StageError | null {
  const { failed } = totals.counts;
  const policy = stage.map?.on_item_failure;
  const [first] = totals.failedItems;
  if (failed === 0 || first === undefined || policy === undefined) return null;
  const { max_failures, max_failure_ratio } = policy;
  const said = `item ${first.index} failed: ${first.error.message}`;
  const of = total === null ? '' : ` of ${total}`;
  const verdict = (message: string): StageError => ({ type: first.error.type, message, stage: stage.id });
  if (max_failures !== null && failed > max_failures) {
    if (failed === 1) return verdict(said);
    return verdict(`${failed}${of} items failed, more than the ${max_failures} allowed; ${said}`);
  }
  const isOverRatio = max_failure_ratio !== null && total !== null && failed > max_failure_ratio * total;
  if (isOverRatio && stopped === null) {
    return verdict(
      `${failed}${of} items failed, more than the share of ${max_failure_ratio} allowed; ${said}`,
    );
  }
  return stopped === 'failed' ? verdict(said) : null;
}

function outputOf({ stage, totals, total, file }: EndedMap): Json {
  const { succeeded, reused, failed } = totals.counts;
  switch (stage.map?.collect) {
    case 'count':
      return { total, succeeded, failed, reused };
    case 'file':
      return file ?? null;
    default:
      return totals.list(total ?? 0);
  }
}

function orNothing<K extends string, V extends object>(key: K, value: V): { readonly [P in K]?: V } {
  return Object.keys(value).length === 0 ? {} : ({ [key]: value } as { readonly [P in K]: V });
}
