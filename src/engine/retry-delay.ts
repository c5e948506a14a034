import type { RetryPlan } from './plan.js';

/** The wait after so many attempts, as Temporal's own retry computes it. */
export function retryDelayMs(retry: RetryPlan, attempts: number): number {
  const { initial_delay_ms, backoff, max_delay_ms } = retry;
  const longest = Math.max(max_delay_ms, initial_delay_ms);
  return Math.min(initial_delay_ms * backoff ** (attempts - 1), longest);
}
