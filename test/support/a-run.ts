import type { RunResult, RunStatus, StageResult } from '../../src/engine/result.js';

/** Every time in these runs counts from here. */
export const START = Date.parse('2026-03-01T10:00:00.000Z');

/** The instant some seconds after the start. */
export function at(seconds: number): string {
  return new Date(START + seconds * 1000).toISOString();
}

/** A stage that has not begun. */
export function aStageResult(overrides: Partial<StageResult> = {}): StageResult {
  return {
    name: 'stage',
    kind: 'uses',
    status: 'pending',
    wave: 1,
    attempts: 0,
    started_at: null,
    ended_at: null,
    duration_ms: null,
    output: null,
    error: null,
    metrics: {},
    skip_reason: null,
    reused_from: null,
    artifacts: [],
    ...overrides,
  };
}

/** A run that goes on, of these stages. */
export function aRunStatus(
  stages: Readonly<Record<string, Partial<StageResult>>>,
  overrides: Partial<RunStatus> = {},
): RunStatus {
  return {
    pipeline: 'market-data',
    version: '1.2.0',
    workflow_id: 'market-data/today',
    run_id: '0190b2c8-0000-7000-8000-000000000001',
    mode: null,
    status: 'running',
    success: null,
    partial: false,
    started_at: at(0),
    ended_at: null,
    total_duration_ms: 0,
    error: null,
    outputs: {},
    executed_stages: [],
    skipped_stages: [],
    failed_stages: [],
    stages: Object.fromEntries(
      Object.entries(stages).map(([id, stage]) => [id, aStageResult({ name: id, ...stage })]),
    ),
    hooks: {},
    metrics: {},
    state: {},
    progress: { total: 0, done: 0, running: 0, failed: 0, fraction: 0 },
    notes: [],
    ...overrides,
  };
}

/** A run that ended, of these stages. */
export function aRunResult(
  stages: Readonly<Record<string, Partial<StageResult>>>,
  overrides: Partial<RunResult> = {},
): RunResult {
  const { progress: _progress, notes: _notes, undone: _undone, ...status } = aRunStatus(stages);
  return {
    ...status,
    status: 'succeeded',
    success: true,
    ended_at: at(10),
    total_duration_ms: 10_000,
    stages: status.stages as RunResult['stages'],
    hooks: {},
    ...overrides,
  };
}
