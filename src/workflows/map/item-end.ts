import type { ItemEnd, ItemUnit } from '../../engine/item-book.js';
import type { StagePlan } from '../../engine/plan.js';
import type { StageError } from '../../engine/result.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { assertNever } from '../../shared/assert-never.js';
import { ERROR_TYPE } from '../../shared/names.js';

/** How an item ended whose stage of its own ended like this. */
export function itemEnd(stage: StagePlan, outcome: StageOutcome): ItemEnd {
  switch (outcome.status) {
    case 'succeeded':
    case 'reused':
    case 'skipped':
      return { status: outcome.status, output: outcome.output ?? null };
    case 'failed':
    case 'timed_out':
      return {
        status: 'failed',
        error: { ...errorOf(outcome), stage: stage.id },
        attempts: outcome.attempts ?? 1,
      };
    case 'cancelled':
      return { status: 'cancelled' };
    default:
      return assertNever(outcome.status);
  }
}

/** How the items of a batch ended whose action ran once for all of them: element n of its output is the result of item n. */
export function batchEnds(stage: StagePlan, unit: ItemUnit, outcome: StageOutcome): readonly ItemEnd[] {
  const { status } = outcome;
  if (status !== 'succeeded' && status !== 'reused') return unit.map(() => itemEnd(stage, outcome));
  const { output } = outcome;
  if (Array.isArray(output) && output.length === unit.length) {
    return output.map((result) => ({ status, output: result }));
  }
  const got = Array.isArray(output) ? `one of ${output.length}` : shown(output ?? null);
  const message = `it was given a batch of ${unit.length} items and must give a list of ${unit.length} results, got ${got}`;
  return unit.map(() => ({
    status: 'failed',
    error: { type: ERROR_TYPE.validation, message, stage: stage.id },
  }));
}

function errorOf({ error }: StageOutcome): StageError {
  return error ?? { type: 'Error', message: 'it failed without a reason', stage: '' };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
