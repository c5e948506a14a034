import { allHandlersFinished, condition, continueAsNew } from '@temporalio/workflow';
import type { CarriedRun, RunInput } from '../engine/run-input.js';
import type { RunJournal } from '../engine/run-journal.js';
import type { RunLedger } from '../engine/run-ledger.js';
import { isoTime, toStageResult } from '../engine/stage-record.js';
import { writeJournal } from './keep-journal.js';
import type { RunMemory } from './run-memory.js';

/** Goes on in a new history with all that ended so far. Nothing may run at this moment but waits for people. */
export async function continueRun(
  input: RunInput,
  startedAt: number,
  {
    memory,
    ledger,
    journal,
  }: { readonly memory: RunMemory; readonly ledger: RunLedger; readonly journal?: RunJournal },
  {
    groupLock,
    ...rest
  }: Pick<CarriedRun, 'notes' | 'open' | 'paused' | 'amendments'> & {
    /** Run ID of the lock that keeps the run's concurrency group meanwhile. */
    readonly groupLock: string | null;
  },
): Promise<never> {
  await condition(allHandlersFinished);
  writeJournal(journal);
  const next: RunInput = {
    ...input,
    // What was taken over has ended, so it is among what is carried.
    ...(input.reuse === undefined ? {} : { reuse: { ...input.reuse, stages: [] } }),
    carried: {
      started_at: isoTime(startedAt),
      ended: ledger.ended.map((record) => [record.plan.id, toStageResult(record)] as const),
      state: memory.state,
      metrics: memory.metrics,
      stopped: ledger.stopped,
      ...rest,
      ...(groupLock === null ? {} : { group_lock: groupLock }),
    },
  };
  return continueAsNew<(input: RunInput) => Promise<never>>(next);
}
