import type { StageTask } from '../shared/task.js';

/**
 * - `reused`: nothing was executed, the result came from the cache.
 * - `not_ready`: what a `wait_for` stage waits for was not true yet.
 */
export type AttemptStatus = 'succeeded' | 'reused' | 'failed' | 'timed_out' | 'cancelled' | 'not_ready';

/** Counts attempts of stages for operators. */
export interface StageMetrics {
  /** Called when an attempt begins; what it returns is called once when it ends. */
  started(task: StageTask): (status: AttemptStatus) => void;
}

/** Counts nothing. */
export const noMetrics: StageMetrics = { started: () => () => undefined };
