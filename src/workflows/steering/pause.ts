import { isoTime } from '../../engine/stage-record.js';
import type { Steer } from '../../engine/steering.js';
import { byWhom, checkSteer } from './check-steer.js';
import { refusal } from './refusal.js';
import type { SteeredRun } from './steered-run.js';

export function checkPause(run: SteeredRun, message: unknown): void {
  checkSteer(message);
  const { paused } = run.steering.pause;
  if (paused !== null) throw refusal(`The run is paused already, since ${paused.at} by ${byWhom(paused)}.`);
  if (run.ledger.isComplete) throw refusal('It is too late to pause the run: all its stages have ended.');
  const { stopped } = run.ledger;
  if (stopped !== null && stopped !== 'failed') {
    throw refusal(`It is too late to pause the run: it was ${stopped.replace('_', ' ')} and is ending.`);
  }
}

/** What runs goes on; nothing new starts. */
export function pause(run: SteeredRun, message: Steer): void {
  const { by, reason = null } = message;
  run.steering.changes.add(message, 'paused', { before: false, after: true });
  run.notes.add(`paused by ${byWhom(message)}`);
  run.steering.pause.set({ by, reason, at: isoTime(Date.now()) });
  run.pump();
}

export function checkUnpause(run: SteeredRun, message: unknown): void {
  checkSteer(message);
  if (!run.steering.pause.isOn) throw refusal('The run is not paused.');
}

export function unpause(run: SteeredRun, message: Steer): void {
  run.steering.changes.add(message, 'paused', { before: true, after: false });
  run.notes.add(`unpaused by ${byWhom(message)}`);
  run.steering.pause.set(null);
  run.pump();
}
