import type { ActivityOptions } from '@temporalio/common';
import { ActivityCancellationType, scheduleActivity } from '@temporalio/workflow';
import type { CanaryInput } from '../../engine/canary.js';
import type { MeasureMove } from '../../engine/canary-move.js';
import type { KpiMeasurement } from '../../shared/canary-task.js';
import type { TaskResult } from '../../shared/task.js';

type Calls = Pick<CanaryInput, 'shift' | 'measure' | 'measures' | 'worker' | 'candidate'>;

/** Tells the target a weight. Safe to run twice: it says what the weights are, not by how much they change. */
export async function setWeight(input: Calls, weight: number): Promise<void> {
  const call = input.shift[String(weight)];
  if (call === undefined) throw new Error(`The canary has no step of weight ${weight}.`);
  await scheduleActivity<TaskResult | null>(call.type, [call.task], {
    ...placeOf(input),
    summary: `weight ${weight} · ${input.candidate}`,
    startToCloseTimeout: '30s',
    heartbeatTimeout: '10s',
    // What brings traffic back is worth trying for longer.
    scheduleToCloseTimeout: weight === 0 ? '1h' : '5m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
    // A weight that is on its way must not arrive after the next one.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}

/** Measures all KPIs of both versions. It only reads, so it is safe to run twice. */
export async function measureKpis(
  input: Calls,
  { is_look, window_seconds }: MeasureMove,
): Promise<readonly KpiMeasurement[]> {
  const { type, task } = input.measures?.[String(window_seconds)] ?? input.measure;
  const { output } = await scheduleActivity<TaskResult>(type, [task], {
    ...placeOf(input),
    summary: is_look ? 'look' : 'evaluation',
    // Each source has a shorter limit of its own; these are for workers that hang or die.
    startToCloseTimeout: '30s',
    heartbeatTimeout: '10s',
    scheduleToCloseTimeout: '1m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s' },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
  return output as unknown as readonly KpiMeasurement[];
}

function placeOf({ worker }: Calls): Pick<ActivityOptions, 'taskQueue' | 'priority'> {
  const { task_queue, priority } = worker;
  return {
    ...(task_queue === null ? {} : { taskQueue: task_queue }),
    ...(priority === null ? {} : { priority: { priorityKey: priority } }),
  };
}
