import { CancellationScope, setHandler } from '@temporalio/workflow';
import type { RunResult } from '../engine/result.js';
import type { RunInput } from '../engine/run-input.js';
import { cancelAfterWaveSignal, statusQuery } from './messages.js';
import { PipelineRun } from './pipeline-run.js';
import { registerSteering } from './steering/register.js';

/**
 * Runs a plan. Resolves with the result of a run that succeeded; a failed or timed out run rejects with an
 * application failure whose first detail is the result, a cancelled one with a cancellation.
 */
export async function pipeline(input: RunInput): Promise<RunResult> {
  const run = new PipelineRun(input);
  setHandler(statusQuery, (options) => run.status(options), {
    description: 'The result so far, with progress',
  });
  setHandler(cancelAfterWaveSignal, () => run.stop('after_wave', 'cancelled after the wave'), {
    description: 'Let the running stages end and start no more; without input',
  });
  registerSteering(run.steered);
  CancellationScope.current().cancelRequested.catch(() => run.stop('cancelled', 'cancelled'));
  return run.execute();
}
