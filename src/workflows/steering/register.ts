import type { UpdateDefinition } from '@temporalio/common';
import { setHandler } from '@temporalio/workflow';
import * as messages from '../messages.js';
import { amendRun, checkAmendRun } from './amend-run.js';
import { amendTogether, checkAmend } from './amend-together.js';
import { amendStage, checkAmendStage, checkSetVariable, setVariable } from './amend.js';
import { bySignal } from './by-signal.js';
import { cancel, checkCancel } from './cancel.js';
import { checkFail, checkRetry, checkSkip, fail, retry, skip } from './decide-hold.js';
import { handleApprovals } from './handle-approvals.js';
import { checkPause, checkUnpause, pause, unpause } from './pause.js';
import type { SteeredRun } from './steered-run.js';

type Check = (run: SteeredRun, message: unknown) => void;
type Apply<R, M> = (run: SteeredRun, message: M) => R;

/** Makes a run listen to the people who steer it. */
export function registerSteering(run: SteeredRun): void {
  onUpdate(run, messages.pauseUpdate, checkPause, pause);
  onUpdate(run, messages.unpauseUpdate, checkUnpause, unpause);
  onUpdate(run, messages.retryStageUpdate, checkRetry, retry);
  onUpdate(run, messages.skipStageUpdate, checkSkip, skip);
  onUpdate(run, messages.failStageUpdate, checkFail, fail);
  onUpdate(run, messages.setVariableUpdate, checkSetVariable, setVariable);
  onUpdate(run, messages.amendStageUpdate, checkAmendStage, amendStage);
  onUpdate(run, messages.amendRunUpdate, checkAmendRun, amendRun);
  onUpdate(run, messages.amendUpdate, checkAmend, amendTogether);
  setHandler(messages.pauseSignal, bySignal(run, 'pause', checkPause, pause), {
    description: 'Start no more stages: {"by": "NAME", "reason": "WHY"}',
  });
  setHandler(messages.unpauseSignal, bySignal(run, 'unpause', checkUnpause, unpause), {
    description: 'Start stages again: {"by": "NAME"}',
  });
  setHandler(messages.cancelSignal, bySignal(run, 'cancel', checkCancel, cancel), {
    description: 'Stop the running stages and clean up: {"by": "NAME", "reason": "WHY"}',
  });
  handleApprovals(run);
}

function onUpdate<R, M>(
  run: SteeredRun,
  definition: UpdateDefinition<R, [M]>,
  check: Check,
  apply: Apply<R, M>,
): void {
  setHandler(definition, (message: M) => apply(run, message), {
    validator: (message: M) => check(run, message),
  });
}
