import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  sleep,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { AlertEnd, AlertEvent } from '../../engine/alert-event.js';
import { ALERT_WORKFLOW, alertWorkflowId } from '../../shared/names.js';
import { alertEndedSignal, alertFiringSignal } from './messages.js';

/** An alert that takes no more signals goes on in a new history soon, or has ended. */
const AGAIN_AFTER_MS = 1_000;

/**
 * Opens the alert, or tells the open one. Resolves as soon as that is recorded; who is told, how and when is up to the
 * alert, which outlives whoever raised it.
 */
export async function raiseAlert(event: AlertEvent): Promise<void> {
  for (let tries = 1; ; tries++) {
    // oxlint-disable-next-line no-await-in-loop
    if (
      (await hasOpened(event)) ||
      (await hasHeard(event.key, (alert) => alert.signal(alertFiringSignal, event)))
    )
      return;
    // oxlint-disable-next-line no-await-in-loop
    if (tries > 1) await sleep(AGAIN_AFTER_MS);
  }
}

/** Ends the alert if it is open. */
export async function resolveAlert(end: AlertEnd): Promise<void> {
  await hasHeard(end.key, (alert) => alert.signal(alertEndedSignal, end));
}

async function hasOpened(event: AlertEvent): Promise<boolean> {
  try {
    await startChild(ALERT_WORKFLOW, {
      args: [{ event }],
      workflowId: alertWorkflowId(event.key),
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      staticSummary: `alert "${event.rule.name}"`,
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

type Alert = ReturnType<typeof getExternalWorkflowHandle>;

/** False when no such alert is open. */
async function hasHeard(key: string, tell: (alert: Alert) => Promise<void>): Promise<boolean> {
  try {
    await tell(getExternalWorkflowHandle(alertWorkflowId(key)));
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return false;
  }
}
