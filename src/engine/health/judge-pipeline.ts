import { formatDuration } from '../../shared/format-duration.js';
import type { EndedRun, HealthLimits, PipelineFacts, ScheduleFacts } from './facts.js';
import { levelOf, worst } from './levels.js';
import type { HealthFinding, PipelineHealth } from './report.js';
import { percent, roughly } from './words.js';

const HOUR_MS = 3_600_000;

/** A pipeline's health, and what is to be said about it. */
export function judgePipeline(
  facts: PipelineFacts,
  schedules: readonly ScheduleFacts[],
  { limits, now }: { readonly limits: HealthLimits; readonly now: number },
): { readonly health: PipelineHealth; readonly findings: readonly HealthFinding[] } {
  const counted = facts.ended.filter(({ status }) => status !== 'cancelled');
  const ageMs = dataAge(facts, now);
  const rate = counted.length === 0 ? null : counted.filter(isFailure).length / counted.length;
  const overdue = facts.open.filter(({ deadline_at: at }) => at !== null && Date.parse(at) < now);
  const findings = [
    statusFinding(facts),
    freshnessFinding(facts, ageMs),
    rateFinding(facts.pipeline, rate, counted.length, limits),
    overdueFinding(
      facts.pipeline,
      overdue.map(({ workflow_id }) => workflow_id),
    ),
  ].filter((finding) => finding !== null);
  const missed = schedules.reduce((sum, schedule) => sum + schedule.missed.length, 0);
  const health: PipelineHealth = {
    pipeline: facts.pipeline,
    level: worst([...findings.map(({ level }) => level), missed > 0 ? 'fail' : 'ok']),
    status: facts.ended[0]?.status ?? null,
    current: currentOf(facts),
    last_run: facts.ended[0] ?? null,
    last_success: facts.last_success,
    freshness: freshnessOf(facts, ageMs),
    data_age_hours: ageMs === null ? null : hours(ageMs),
    max_age_hours: facts.max_age_ms === null ? null : hours(facts.max_age_ms),
    runs_counted: counted.length,
    error_rate: rate === null ? null : Math.round(rate * 10_000) / 10_000,
    average_duration_ms: averageDuration(counted.filter(({ status }) => status === 'succeeded')),
    duration_ms: facts.ended[0]?.duration_ms ?? null,
    running: facts.open.length,
    oldest_open: facts.open.toSorted((a, b) => a.started_at.localeCompare(b.started_at))[0] ?? null,
    awaiting_people: facts.open.filter(({ is_awaiting }) => is_awaiting).length,
    overdue: overdue.map(({ workflow_id }) => workflow_id),
    missed_schedules: missed,
    next_run_at: earliest(schedules),
  };
  return { health, findings };
}

function isFailure({ status }: EndedRun): boolean {
  return status === 'failed' || status === 'timed_out';
}

/** Age by what was looked up in the data itself, or else since the end of the last success; null when unknown. */
function dataAge({ data, last_success }: PipelineFacts, now: number): number | null {
  if (data !== undefined) return 'as_of' in data ? Math.max(0, now - Date.parse(data.as_of)) : null;
  return last_success === null ? null : Math.max(0, now - Date.parse(last_success.ended_at));
}

function freshnessOf({ max_age_ms }: PipelineFacts, ageMs: number | null): PipelineHealth['freshness'] {
  if (max_age_ms === null || ageMs === null) return 'unknown';
  return ageMs > max_age_ms ? 'stale' : 'fresh';
}

function statusFinding({ pipeline, ended, open }: PipelineFacts): HealthFinding | null {
  const last = ended[0];
  const about = { check: 'pipeline_status', subject: pipeline } as const;
  if (last === undefined) {
    return open.length > 0 ? null : { ...about, level: 'ok', message: 'It has not run yet.', fix: null };
  }
  const words = `Its last run ${last.workflow_id} ${last.status.replace('_', ' ')}`;
  if (last.status === 'succeeded') return { ...about, level: 'ok', message: `${words}.`, fix: null };
  if (last.status === 'cancelled') {
    return {
      ...about,
      level: 'warn',
      message: `${words}.`,
      fix: `Run it again when it may: sluice rerun ${last.workflow_id}`,
    };
  }
  const fix = `See why: sluice status ${last.workflow_id}. Go on from what is done: sluice resume ${last.workflow_id}`;
  if (open.length > 0)
    return { ...about, level: 'warn', message: `${words}, and another one runs now.`, fix };
  return { ...about, level: 'fail', message: `${words}.`, fix };
}

function freshnessFinding(
  { pipeline, max_age_ms, data }: PipelineFacts,
  ageMs: number | null,
): HealthFinding | null {
  const about = { check: 'freshness', subject: pipeline } as const;
  if (data !== undefined && 'problem' in data) {
    const fix = 'Mend the function that `monitor.pipelines` names for the age of the data, or what it asks.';
    return { ...about, level: 'fail', message: `How old its data is cannot be told: ${data.problem}`, fix };
  }
  if (max_age_ms === null) return null;
  const fix = `Run it: sluice run ${pipeline}`;
  if (ageMs === null) {
    const message = 'It has not succeeded in any run that Temporal still keeps, so its data counts as stale.';
    return { ...about, level: 'fail', message, fix };
  }
  const allowed = `at most ${formatDuration(max_age_ms)} is allowed`;
  const message = `Its data is ${roughly(ageMs)} old; ${allowed}.`;
  return ageMs > max_age_ms
    ? { ...about, level: 'fail', message, fix }
    : { ...about, level: 'ok', message, fix: null };
}

function rateFinding(
  pipeline: string,
  rate: number | null,
  runs: number,
  limits: HealthLimits,
): HealthFinding | null {
  if (rate === null || runs < limits.min_runs) return null;
  const level = levelOf(rate, limits.error_rate);
  const message = `${percent(rate)} of its last ${runs} runs failed.`;
  const fix = level === 'ok' ? null : `See which: sluice list --pipeline ${pipeline} --status failed`;
  return { check: 'error_rate', subject: pipeline, level, message, fix };
}

function overdueFinding(pipeline: string, overdue: readonly string[]): HealthFinding | null {
  const first = overdue[0];
  if (first === undefined) return null;
  const message =
    overdue.length === 1
      ? `The run ${first} is past its deadline.`
      : `${overdue.length} runs are past their deadline.`;
  return {
    check: 'overdue',
    subject: pipeline,
    level: 'fail',
    message,
    fix: `See what it waits for: sluice why ${first}`,
  };
}

function currentOf({ open }: PipelineFacts): PipelineHealth['current'] {
  if (open.length === 0) return 'idle';
  return open.some(({ status }) => status === 'running') ? 'running' : 'queued';
}

function averageDuration(runs: readonly EndedRun[]): number | null {
  if (runs.length === 0) return null;
  return Math.round(runs.reduce((sum, { duration_ms }) => sum + duration_ms, 0) / runs.length);
}

function earliest(schedules: readonly ScheduleFacts[]): string | null {
  const times = schedules.filter(({ is_paused }) => !is_paused).flatMap(({ next_at }) => next_at ?? []);
  return times.toSorted()[0] ?? null;
}

function hours(ms: number): number {
  return Math.round((ms / HOUR_MS) * 1000) / 1000;
}
