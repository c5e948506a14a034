import { CancellationScope, setHandler } from '@temporalio/workflow';
import type { BackfillInput, BackfillReport } from '../../engine/backfill.js';
import type { Steer } from '../../engine/steering.js';
import * as messages from '../messages.js';
import { byWhom } from '../steering/check-steer.js';
import { BackfillRun } from './backfill-run.js';
import { backfillStatusQuery } from './messages.js';

/**
 * Runs a pipeline for every partition of a range, a few at a time, each as a child run whose ID follows from the
 * partition. Resolves with the report when every partition is done; otherwise it ends as a failed or cancelled workflow.
 */
export async function backfill(input: BackfillInput): Promise<BackfillReport> {
  const run = new BackfillRun(input);
  setHandler(backfillStatusQuery, (options) => run.report(options?.partitions === true));
  setHandler(messages.cancelAfterWaveSignal, () =>
    run.stop('after_wave', 'cancelled, running partitions end'),
  );
  setHandler(messages.cancelSignal, (message) => {
    const { after_wave = false } = message;
    run.stop(after_wave ? 'after_wave' : 'cancelled', `cancelled by ${byWhom(message)}`);
  });
  setHandler(messages.pauseUpdate, (message: Steer) => run.pause(message), {
    validator: (message: Steer) => run.checkPause(message),
  });
  setHandler(messages.unpauseUpdate, (message: Steer) => run.unpause(message), {
    validator: (message: Steer) => run.checkUnpause(message),
  });
  setHandler(messages.pauseSignal, (message) => run.bySignal('pause', message));
  setHandler(messages.unpauseSignal, (message) => run.bySignal('unpause', message));
  CancellationScope.current().cancelRequested.catch(() => run.stop('cancelled', 'cancelled'));
  return run.execute();
}
