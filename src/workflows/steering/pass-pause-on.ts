import type { ChildWorkflowHandle, Workflow } from '@temporalio/workflow';
import { CancellationScope } from '@temporalio/workflow';
import type { Paused } from '../../engine/steering.js';
import { pauseSignal, unpauseSignal } from '../messages.js';
import type { PauseSwitch } from './pause-switch.js';

/** Pauses and unpauses a child run with its parent, until the function that this gives is called. */
export function passPauseOn(child: ChildWorkflowHandle<Workflow>, pause: PauseSwitch): () => void {
  let last: Paused | null = pause.paused;
  const tell = (paused: Paused | null): void => {
    const message = {
      by: (paused ?? last)?.by ?? 'the parent run',
      reason: (paused ?? last)?.reason ?? null,
    };
    last = paused;
    const signal = paused === null ? unpauseSignal : pauseSignal;
    // The child may end at the same moment, and then there is nobody left to pause.
    void CancellationScope.nonCancellable(() => child.signal(signal, message)).catch(() => undefined);
  };
  if (last !== null) tell(last);
  return pause.onChange(tell);
}
