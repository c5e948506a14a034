import { scheduleActivity } from '@temporalio/workflow';
import type { MonitorLook, MonitorResult } from '../../engine/health/monitor.js';
import { ACTIVITY } from '../../shared/names.js';
import { raiseAlert, resolveAlert } from '../alert/raise-alert.js';

/**
 * Looks at all pipelines once and tells of what is wrong. A schedule starts it again and again; what is open is known to
 * the alerts themselves, so that it has nothing to remember.
 */
export async function monitor(): Promise<MonitorResult> {
  const { result, raise, end } = await scheduleActivity<MonitorLook>(ACTIVITY.health, [], {
    summary: 'looks at all pipelines',
    // A look takes seconds; one that hangs must be over before the next but one is due.
    startToCloseTimeout: '60s',
    scheduleToCloseTimeout: '150s',
    retry: { maximumAttempts: 2 },
  });
  await Promise.all([...raise.map(raiseAlert), ...end.map(resolveAlert)]);
  return { ...result, raised: raise.map(({ key }) => key), ended: end.map(({ key }) => key) };
}
