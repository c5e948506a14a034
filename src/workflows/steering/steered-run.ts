import type { Plan } from '../../engine/plan.js';
import type { RunLedger } from '../../engine/run-ledger.js';
import type { StopReason } from '../../engine/verdict.js';
import type { RunMemory } from '../run-memory.js';
import type { RunNotes } from '../run-notes.js';
import type { Steering } from './steering.js';

/** What messages see of a run, and what they may do to it. */
export type SteeredRun = {
  /** As it was when the run began; `steering` and `ledger` know what was changed since. */
  readonly plan: Plan;
  readonly startedAt: number;
  readonly ledger: RunLedger;
  readonly memory: RunMemory;
  readonly steering: Steering;
  readonly notes: RunNotes;
  /** Starts what may start now. */
  readonly pump: () => void;
  readonly stop: (reason: StopReason, note: string) => void;
};
