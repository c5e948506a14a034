import type { AlertSource } from './alert-rule.js';

/** A name that a rule may read, beside those of the run's own expressions. */
export type AlertName = {
  /** `both`: a run knows it of itself, a monitor of the pipeline's last run. */
  readonly known: AlertSource | 'both';
  readonly type: 'string' | 'number' | 'boolean' | 'list' | 'object';
  readonly description: string;
};

/** Every name of a rule. One that is not known at the moment is null. */
export const ALERT_NAMES = {
  pipeline: { known: 'both', type: 'string', description: 'the name of the pipeline' },
  pipeline_status: {
    known: 'both',
    type: 'string',
    description: '`running`, `succeeded`, `failed`, `timed_out` or `cancelled`',
  },
  duration_minutes: { known: 'both', type: 'number', description: 'how long the run has taken so far' },
  mode: { known: 'both', type: 'string', description: 'the mode of the run' },
  workflow_id: { known: 'both', type: 'string', description: 'the workflow ID of the run' },
  run_id: { known: 'both', type: 'string', description: 'the run ID' },
  partial: {
    known: 'run',
    type: 'boolean',
    description: 'it succeeded although a stage failed, fell back or lost items',
  },
  failed_stages: { known: 'run', type: 'list', description: 'IDs of the stages that failed or timed out' },
  fallback_stages: {
    known: 'run',
    type: 'list',
    description: 'IDs of the stages whose output is a fallback',
  },
  undone_stages: { known: 'run', type: 'list', description: 'IDs of the stages that were taken back' },
  failed_items: { known: 'run', type: 'number', description: 'items of maps that failed' },
  retries: { known: 'run', type: 'number', description: 'attempts beyond the first, over all stages' },
  held_stages: {
    known: 'run',
    type: 'list',
    description: 'IDs of the stages that failed and wait for a person',
  },
  awaiting_stages: { known: 'run', type: 'list', description: 'IDs of the stages that wait for approval' },
  error_type: { known: 'run', type: 'string', description: 'the type of the error that failed the run' },
  error_message: { known: 'run', type: 'string', description: 'its message' },
  deadline_near: { known: 'run', type: 'boolean', description: 'a warning before a deadline came' },
  deadline_at_risk: {
    known: 'run',
    type: 'boolean',
    description: 'what is left is expected to take longer than there is time',
  },
  deadline_missed: { known: 'run', type: 'boolean', description: 'the run or a stage missed its deadline' },
  data_age_hours: {
    known: 'monitor',
    type: 'number',
    description: 'since the end of the last run that succeeded',
  },
  error_rate: {
    known: 'monitor',
    type: 'number',
    description: 'share of the latest runs that did not succeed, 0 to 1',
  },
  missed_schedules: {
    known: 'monitor',
    type: 'number',
    description: 'runs that its schedules should have started since the last one, and did not',
  },
  awaiting_people: {
    known: 'monitor',
    type: 'number',
    description: 'runs that wait for people to decide',
  },
} as const satisfies Readonly<Record<string, AlertName>>;
