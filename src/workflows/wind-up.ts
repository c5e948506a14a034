import type { RunEndStatus } from '../engine/result.js';
import type { RunLedger } from '../engine/run-ledger.js';
import type { StageRecord } from '../engine/stage-record.js';
import { writeJournal } from './keep-journal.js';
import { hooksFor, runHooks } from './run-hooks.js';
import { undoAll } from './run-undo.js';
import type { StageRunContext } from './stages/stage-context.js';
import type { Steering } from './steering/steering.js';

type EndedRun = {
  readonly ledger: RunLedger;
  readonly steering: Steering;
  /** Both are filled on the way. */
  readonly undone: Map<string, StageRecord>;
  readonly hooks: StageRecord[];
};

/** What happens after the last stage. People are alerted before the hooks run, which may take long. */
export async function windUp(
  status: RunEndStatus,
  run: StageRunContext,
  { ledger, steering, undone, hooks }: EndedRun,
): Promise<void> {
  const context = { ...run, status };
  if (status !== 'succeeded') await undoAll(ledger.ended, context, { undone, leftOver: run.leftOver ?? [] });
  if (steering.alerts !== null) await steering.alerts.end(status);
  await runHooks(hooksFor(run.plan.hooks, status), context, hooks);
  writeJournal(run.journal);
}
