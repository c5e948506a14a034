import { CancellationScope, setHandler } from '@temporalio/workflow';
import type { AlertView } from '../../engine/alert-state.js';
import { AlertKeeper, type AlertInput } from './alert-keeper.js';
import {
  acknowledgeSignal,
  acknowledgeUpdate,
  alertEndedSignal,
  alertFiringSignal,
  alertQuery,
} from './messages.js';

/**
 * One open alert, from when it is raised until its end was told. Its ID is its key, so that whoever raises it again
 * meets this one. Cancelled, it ends as if a person had closed it.
 */
export async function alert(input: AlertInput): Promise<AlertView> {
  const keeper = new AlertKeeper(input);
  setHandler(alertFiringSignal, (event) => keeper.fire(event));
  setHandler(alertEndedSignal, (end) => keeper.end(end));
  setHandler(acknowledgeUpdate, (message) => keeper.acknowledge(message), {
    validator: (message) => keeper.checkAcknowledge(message),
  });
  setHandler(acknowledgeSignal, (message) => keeper.acknowledgeQuietly(message));
  setHandler(alertQuery, () => keeper.view());
  CancellationScope.current().cancelRequested.catch(() => keeper.close('it was cancelled'));
  return CancellationScope.nonCancellable(() => keeper.keep());
}
