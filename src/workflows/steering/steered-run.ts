import type { RunLedger } from '../../engine/run-ledger.js';
import type { StopReason } from '../../engine/verdict.js';
import type { RunMemory } from '../run-memory.js';
import type { ChangeLog } from './change-log.js';
import type { HoldDesk } from './hold-desk.js';
import type { PauseSwitch } from './pause-switch.js';

/** What messages see of a run, and what they may do to it. */
export type SteeredRun = {
  readonly ledger: RunLedger;
  readonly memory: RunMemory;
  readonly pause: PauseSwitch;
  readonly holds: HoldDesk;
  readonly changes: ChangeLog;
  readonly note: (text: string) => void;
  /** Starts what may start now. */
  readonly pump: () => void;
  readonly stop: (reason: StopReason, note: string) => void;
  /** True once every stage has ended: only hooks may still run. */
  readonly isOver: () => boolean;
};
