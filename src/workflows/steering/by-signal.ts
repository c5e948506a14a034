import { ApplicationFailure } from '@temporalio/workflow';
import type { SteeredRun } from './steered-run.js';

/** Does what an update of the same name does; one that it would refuse leaves a note and changes nothing. */
export function bySignal<M>(
  run: SteeredRun,
  name: string,
  check: (run: SteeredRun, message: unknown) => void,
  apply: (run: SteeredRun, message: M) => void,
): (message: M) => void {
  return (message) => {
    try {
      check(run, message);
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      return run.notes.add(`${name} was refused: ${error.message}`);
    }
    apply(run, message);
  };
}
