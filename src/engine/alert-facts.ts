import type { AlertFacts } from './alert-event.js';
import type { RunFile } from './run-result.js';
import { firstFailure, isIncomplete } from './run-result.js';
import type { StageRecord } from './stage-record.js';
import type { AlarmKind } from './steering.js';
import { hasFailed } from './verdict.js';

/** Most stages that facts name, and most of their errors; alerts are read on telephones. */
const MOST_NAMED = 20;
const LONGEST_MESSAGE = 500;

/** What a run knows for its rules and its messages. */
export function alertFacts(file: RunFile): AlertFacts {
  const stages = [...file.stages];
  const failed = stages.filter(hasFailed);
  const error = file.error ?? firstFailure(stages)?.outcome?.error ?? null;
  const alarmed = (kind: AlarmKind): boolean => file.alarms.some((alarm) => alarm.kind === kind);
  return {
    pipeline: file.pipeline,
    pipeline_status: file.status,
    duration_minutes: ((file.endedAt ?? file.now) - file.startedAt) / 60_000,
    mode: file.mode,
    workflow_id: file.workflowId,
    run_id: file.runId,
    partial: file.status === 'succeeded' && stages.some(isIncomplete),
    failed_stages: namesOf(failed),
    fallback_stages: namesOf(stages.filter(({ outcome }) => outcome?.fallback !== undefined)),
    undone_stages: [...file.undone.keys()].slice(0, MOST_NAMED),
    failed_items: sum(stages, ({ outcome }) => outcome?.items?.failed ?? 0),
    retries: sum(stages, ({ outcome }) => Math.max(0, (outcome?.attempts ?? 0) - 1)),
    held_stages: namesOf(stages.filter(({ status }) => status === 'held')),
    awaiting_stages: namesOf(stages.filter(({ status }) => status === 'awaiting_approval')),
    error_type: error?.type ?? null,
    error_message: error === null ? null : error.message.slice(0, LONGEST_MESSAGE),
    deadline_near: alarmed('deadline_near'),
    deadline_at_risk: alarmed('deadline_at_risk'),
    deadline_missed: alarmed('deadline_missed'),
    errors: errorsOf([...failed, ...stages.filter(({ status }) => status === 'held')]),
    alarms: file.alarms.slice(-MOST_NAMED).map(({ message }) => message),
    commands: commandsOf(file),
  };
}

function namesOf(records: readonly StageRecord[]): readonly string[] {
  return records.slice(0, MOST_NAMED).map((record) => record.plan.id);
}

function sum(records: readonly StageRecord[], count: (record: StageRecord) => number): number {
  return records.reduce((total, record) => total + count(record), 0);
}

function errorsOf(failed: readonly StageRecord[]): AlertFacts {
  const errors = failed.slice(0, MOST_NAMED).map((record) => {
    const { type = 'Error', message = '' } = record.outcome?.error ?? {};
    return [record.plan.id, `${type}: ${message}`.slice(0, LONGEST_MESSAGE)] as const;
  });
  return Object.fromEntries(errors);
}

/** What people most likely want to do next. */
function commandsOf({ status, workflowId }: RunFile): readonly string[] {
  switch (status) {
    case 'failed':
    case 'timed_out':
    case 'cancelled':
      return [`sluice why ${workflowId}`, `sluice resume ${workflowId}`];
    case 'running':
    case 'queued':
      return [`sluice why ${workflowId}`, `sluice watch ${workflowId}`];
    default:
      return [`sluice status ${workflowId}`];
  }
}
