import { type ReusedRun, reusedResult } from '../engine/reuse.js';
import type { RunLedger } from '../engine/run-ledger.js';
import type { RunMemory } from './run-memory.js';

/** Puts the stages that a run takes over from an earlier one in their place, with what they gave to state and metrics. */
export function restoreReused(
  reuse: ReusedRun,
  ledger: RunLedger,
  memory: Pick<RunMemory, 'merge'>,
  now: number,
): void {
  const ended = reuse.stages.flatMap(([id, result]) =>
    ledger.record(id) === undefined ? [] : [[id, reusedResult(result, reuse.from, now)] as const],
  );
  for (const [, result] of ended) {
    // A child pipeline's counters are shown at its stage and stay its own.
    memory.merge(result.state, result.kind === 'pipeline' ? undefined : result.metrics);
  }
  for (const { state, metrics } of Object.values(reuse.gains ?? {})) memory.merge(state, metrics);
  ledger.restore(ended, null);
}
