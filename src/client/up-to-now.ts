import type { RunStatus, StageResult } from '../engine/result.js';
import type { LiveAttempt } from './live-attempt.js';

/**
 * The status of a run that goes on, as of now: a workflow's own clock stands still between its tasks, and only Temporal
 * knows which attempt of a stage is under way.
 */
export function upToNow(
  status: RunStatus,
  live: ReadonlyMap<string, LiveAttempt>,
  now: number = Date.now(),
): RunStatus {
  if (status.ended_at !== null) return status;
  const stages = Object.entries(status.stages).map(([id, stage]) => [id, withAttempt(stage, live.get(id))]);
  return {
    ...status,
    total_duration_ms: Math.max(status.total_duration_ms, now - Date.parse(status.started_at)),
    stages: Object.fromEntries(stages),
  };
}

/** Attempts made before a person had the stage tried again count too. */
function withAttempt(stage: StageResult, attempt: LiveAttempt | undefined): StageResult {
  if (stage.status !== 'running' || attempt === undefined) return stage;
  return { ...stage, attempts: (stage.decisions?.at(-1)?.attempts ?? 0) + attempt.attempt };
}
