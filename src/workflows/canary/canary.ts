import { CancellationScope, setHandler } from '@temporalio/workflow';
import type { CanaryInput, CanaryReport } from '../../engine/canary.js';
import { CanaryRun } from './canary-run.js';
import { canaryStatusQuery } from './messages.js';
import { registerCanarySteering } from './steering.js';

/**
 * Moves the traffic of a service to another version, step by step, as long as its KPIs are good. Resolves with its report
 * when all traffic goes to the candidate; else it has sent everything back and ends as failed or cancelled.
 */
export async function canary(input: CanaryInput): Promise<CanaryReport> {
  const run = new CanaryRun(input);
  setHandler(canaryStatusQuery, () => run.status(), {
    description: 'Steps, evaluations and what it waits for',
  });
  registerCanarySteering(run);
  CancellationScope.current().cancelRequested.catch(() => run.cancel());
  // What brings traffic back must not be cancelled.
  return CancellationScope.nonCancellable(() => run.execute());
}
