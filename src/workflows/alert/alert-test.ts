import { scheduleActivity } from '@temporalio/workflow';
import type { AlertReceipt, AlertTask } from '../../shared/alert-task.js';
import { ACTIVITY } from '../../shared/names.js';

/** Sends one message on a worker, which has the secrets of the channel, and tries it once. */
export async function alert_test(task: AlertTask): Promise<AlertReceipt> {
  return scheduleActivity<AlertReceipt>(ACTIVITY.alert, [task], {
    summary: `test · ${task.channel}`,
    startToCloseTimeout: '2m',
    retry: { maximumAttempts: 1 },
  });
}
