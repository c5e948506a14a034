import type { StageTask } from '../shared/task.js';

export type AttemptStatus = 'succeeded' | 'failed' | 'timed_out' | 'cancelled';

/** Counts attempts of stages for operators. */
export interface StageMetrics {
  /** Called when an attempt begins; what it returns is called once when it ends. */
  started(task: StageTask): (status: AttemptStatus) => void;
}

/** Counts nothing. */
export const noMetrics: StageMetrics = { started: () => () => undefined };
