import type { Plan } from '../engine/plan.js';
import { type LedgerOptions, RunLedger } from '../engine/run-ledger.js';
import { MOST_RUNNING } from './history-limits.js';

/** The book of a run of this plan, of the stages that its mode selects. */
export function createLedger(
  plan: Plan,
  mode: string | null,
  rest: Pick<LedgerOptions, 'judge' | 'onEnd'>,
): RunLedger {
  const selected = mode === null ? null : (plan.modes[mode]?.stages ?? null);
  return new RunLedger(plan.stages, {
    ...rest,
    scheduling: plan.scheduling,
    failure: plan.failure,
    maxRunning: Math.min(plan.max_parallel_stages ?? MOST_RUNNING, MOST_RUNNING),
    selected: selected === null ? null : new Set(selected),
  });
}
