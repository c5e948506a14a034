import type { CancelMessage } from '../messages.js';
import { byWhom, checkSteer } from './check-steer.js';
import { refusal } from './refusal.js';
import type { SteeredRun } from './steered-run.js';

/** A run that is ending already runs its `finally` to the end, whoever cancels it again. */
export function checkCancel(run: SteeredRun, message: unknown): void {
  checkSteer(message);
  const { after_wave } = message as CancelMessage;
  if (after_wave !== undefined && typeof after_wave !== 'boolean') {
    throw refusal('`after_wave` must be true or false.');
  }
  if (run.ledger.isComplete) throw refusal('It is too late to cancel the run: all its stages have ended.');
  const { stopped } = run.ledger;
  if (stopped === 'cancelled' || stopped === 'timed_out') {
    throw refusal(`The run was ${stopped.replace('_', ' ')} already and is ending.`);
  }
  if (stopped === 'after_wave' && after_wave === true) {
    throw refusal('The run was cancelled after the wave already: it ends with its running stages.');
  }
}

export function cancel(run: SteeredRun, message: CancelMessage): void {
  const afterWave = message.after_wave === true;
  run.steering.changes.add(message, 'cancelled', {
    before: null,
    after: afterWave ? 'after_wave' : 'graceful',
  });
  run.stop(
    afterWave ? 'after_wave' : 'cancelled',
    `cancelled ${afterWave ? 'after the wave ' : ''}by ${byWhom(message)}`,
  );
}
