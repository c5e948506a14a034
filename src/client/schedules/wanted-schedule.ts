import type { ScheduleOptions, ScheduleOptionsStartWorkflowAction, ScheduleSpec } from '@temporalio/client';
import type { Priority, TypedSearchAttributes, Workflow } from '@temporalio/common';
import { createRunInput } from '../../engine/create-run-input.js';
import type { Plan } from '../../engine/plan.js';
import type { RunInput } from '../../engine/run-input.js';
import type { SchedulePlan } from '../../engine/schedule-plan.js';
import { PIPELINE_WORKFLOW } from '../../shared/names.js';
import { type ApprovalKeys, publicKeysFor } from '../approvals/approval-keys.js';
import { ClientError } from '../client-error.js';
import { workflowIdOf } from '../run-id.js';
import { priorityOf } from '../run-priority.js';
import { searchAttributesOf } from '../search-attributes.js';
import { detailsOf, memoOf, summaryOf } from '../start-options.js';
import { scheduleSpec } from './schedule-spec.js';
import { overlapOf, SCHEDULE_MEMO } from './server-words.js';
import { type ScheduleTimes, scheduleTimes } from './schedule-times.js';

export type RunMemo = { readonly id: string; readonly computed_until: string | null };

export type StartAction = ScheduleOptionsStartWorkflowAction<Workflow> & {
  readonly workflowId: string;
  readonly args: [RunInput];
  readonly memo: Record<string, unknown>;
  /** Sent by the SDK, which leaves it out of the type. */
  readonly priority: Priority;
};

/** A schedule as a definition wants it, and as the server is told. */
export type WantedSchedule = {
  readonly id: string;
  readonly pipeline: string;
  readonly plan: SchedulePlan;
  readonly concurrency: Plan['concurrency'];
  readonly times: ScheduleTimes;
  readonly spec: ScheduleSpec;
  readonly action: StartAction;
  readonly policies: Required<NonNullable<ScheduleOptions['policies']>>;
  readonly searchAttributes: TypedSearchAttributes;
};

export type WantedSettings = {
  readonly taskQueue: string;
  readonly approvalKeys?: ApprovalKeys | undefined;
  /** Facts to keep beside its runs. */
  readonly memo?: Readonly<Record<string, string>>;
};

/** The ID on the server, and the start of its runs' IDs. */
function scheduleId(pipeline: string, id: string): string {
  return workflowIdOf(pipeline, id);
}

/** Everything the server is told about the schedules of a plan. Throws `invalid_inputs` and `holidays_unknown`. */
export async function wantedSchedules(
  plan: Plan,
  settings: WantedSettings,
  now: Date,
): Promise<readonly WantedSchedule[]> {
  const wanted: WantedSchedule[] = [];
  for (const schedule of plan.schedules ?? [])
    wanted.push(await wantedSchedule(plan, schedule, settings, now));
  return wanted;
}

async function wantedSchedule(
  plan: Plan,
  schedule: SchedulePlan,
  settings: WantedSettings,
  now: Date,
): Promise<WantedSchedule> {
  const times = await scheduleTimes(schedule, now);
  const input = runInputOf(plan, schedule, settings);
  const searchAttributes = searchAttributesOf(input);
  const id = scheduleId(plan.pipeline, schedule.id);
  const memo: RunMemo = { id: schedule.id, computed_until: times.computedUntil };
  return {
    id,
    pipeline: plan.pipeline,
    plan: schedule,
    concurrency: plan.concurrency,
    times,
    spec: scheduleSpec(times),
    searchAttributes,
    policies: {
      overlap: overlapOf(schedule.overlap),
      catchupWindow: schedule.catchup_window_ms,
      pauseOnFailure: schedule.pause_on_failure,
    },
    action: {
      type: 'startWorkflow',
      workflowType: PIPELINE_WORKFLOW,
      // The server adds the time of each start.
      workflowId: id,
      taskQueue: settings.taskQueue,
      args: [input],
      memo: { ...memoOf(input), ...settings.memo, [SCHEDULE_MEMO]: memo },
      typedSearchAttributes: searchAttributes,
      priority: priorityOf(input),
      staticSummary: summaryOf(input),
      staticDetails: detailsOf(input),
    },
  };
}

/** The input of each run, as `sluice run` would make it. */
function runInputOf(plan: Plan, schedule: SchedulePlan, { approvalKeys }: WantedSettings): RunInput {
  const made = createRunInput(plan, { inputs: schedule.inputs, mode: schedule.mode });
  if ('problems' in made) {
    const id = scheduleId(plan.pipeline, schedule.id);
    throw new ClientError(
      'invalid_inputs',
      `Schedule "${id}" cannot start runs: ${made.problems.join('; ')}.`,
      {
        hint: 'Its `inputs` and `mode` in the definition must fit the pipeline.',
      },
    );
  }
  const keys = publicKeysFor(plan, approvalKeys);
  return {
    ...made.input,
    schedule: { id: schedule.id },
    ...(keys === undefined ? {} : { approval_keys: keys }),
  };
}
