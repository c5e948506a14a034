import { workflowInfo } from '@temporalio/workflow';

/** Most activities that a run keeps pending; the server refuses the 2,001st. */
export const MOST_RUNNING = 1_000;

/** Most bytes of stage arguments scheduled in one workflow task; the server refuses messages over 4 MB. */
export const MOST_BYTES_A_TASK = 2_000_000;

/** From here on a run goes on in a new history as soon as nothing runs. */
const CONTINUE_AT_EVENTS = 10_000;

/**
 * From here on nothing more starts, so that what runs can end and the run can go on in a new history. What runs then
 * adds at most 2 events a stage and 3 a workflow task, which keeps a history below 20,000.
 */
const DRAIN_AT_EVENTS = 13_000;

/** The same two limits for the size; the server ends a run at 50 MB. */
const CONTINUE_AT_BYTES = 15_000_000;
const DRAIN_AT_BYTES = 25_000_000;

/** True when the run should go on in a new history at the next chance. */
export function isHistoryLong(events: number = CONTINUE_AT_EVENTS): boolean {
  const { historyLength, historySize } = workflowInfo();
  return historyLength >= events || historySize >= CONTINUE_AT_BYTES;
}

/** True when nothing more may start before the run goes on in a new history. */
export function mustDrain(): boolean {
  const { historyLength, historySize } = workflowInfo();
  return historyLength >= DRAIN_AT_EVENTS || historySize >= DRAIN_AT_BYTES;
}
