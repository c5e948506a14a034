import type { RunInput } from '../engine/run-input.js';
import type { RunJournal } from '../engine/run-journal.js';
import type { RunLedger } from '../engine/run-ledger.js';
import { keepJournal } from './keep-journal.js';
import { restoreReused } from './restore-reused.js';
import type { RunMemory } from './run-memory.js';
import type { StageRunContext } from './stages/stage-context.js';

/** Puts back what ended in an earlier history of the run, or takes over what an earlier run gave; only that is told. */
export function restoreEnded(
  { carried, reuse, journal: keepsJournal }: RunInput,
  run: { readonly ledger: RunLedger; readonly memory: RunMemory; readonly journal?: RunJournal },
  startedAt: number,
): void {
  const { ledger, memory, journal } = run;
  if (carried !== undefined) ledger.restore(carried.ended, carried.stopped, carried.open);
  if (keepsJournal === true && journal !== undefined) keepJournal(journal);
  if (carried === undefined && reuse !== undefined) restoreReused(reuse, ledger, memory, startedAt);
}

/** What the stages of a run know of the earlier one. */
export function takenOver({
  reuse,
  reuse_items,
}: RunInput): Pick<StageRunContext, 'reuseItems' | 'leftOver'> {
  return {
    ...(reuse_items === undefined ? {} : { reuseItems: reuse_items }),
    ...(reuse?.left_over === undefined ? {} : { leftOver: reuse.left_over }),
  };
}
