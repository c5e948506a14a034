import pc from 'picocolors';
import type { Canvas } from '../../../../src/client/render/draw-stage.js';
import { RunModel } from '../../../../src/client/render/run-model.js';
import type { WatchEvent } from '../../../../src/client/watch-event.js';
import type { StageResult } from '../../../../src/engine/result.js';
import { aRunStatus, aStageResult, at, START } from '../../../support/a-run.js';

export const plain = pc.createColors(false);

/** A terminal of 80 columns and 24 rows, six seconds after the start of the run. */
export function aCanvas(overrides: Partial<Canvas> = {}): Canvas {
  return { columns: 80, rows: 24, colours: plain, now: START + 6000, frame: 0, ...overrides };
}

/** What a run of all kinds of stages tells until its sixth second. */
export const EVENTS: readonly WatchEvent[] = [
  {
    type: 'run_seen',
    status: aRunStatus(
      {
        load: { name: 'Load prices', status: 'succeeded', attempts: 1, duration_ms: 1200, ended_at: at(1.2) },
        fetch: {
          status: 'failed',
          attempts: 3,
          duration_ms: 4000,
          ended_at: at(4),
          error: {
            type: 'HttpError',
            message: 'GET /prices\nanswered \u001b[31m503\u001b[0m',
            stage: 'fetch',
          },
        },
        off: { status: 'skipped', skip_reason: 'disabled' },
        indicators: { status: 'running', wave: 2, started_at: at(1.2) },
        risk: { status: 'running', wave: 2, started_at: at(1.2) },
        upload: { status: 'waiting', wave: 2 },
        report: { status: 'pending', wave: 3 },
      },
      { hooks: { clean: aStageResult({ name: 'clean' }) } },
    ),
  },
  { type: 'stage_progress', stage: 'indicators', progress: { fraction: 0.5, message: 'row 1,200' } },
  {
    type: 'stage_retry',
    stage: 'risk',
    retry: {
      attempt: 2,
      maxAttempts: 5,
      error: { type: 'TimeoutError', message: 'after 2s' },
      nextAttemptAt: START + 9000,
    },
  },
];

export function modelOf(events: readonly WatchEvent[]): RunModel {
  const model = new RunModel();
  for (const event of events) model.apply(event);
  return model;
}

/** A run of many waves, of which some are over, some run and some are to come. */
export function aBigModel(waves: number, width: number): RunModel {
  const stages: Record<string, Partial<StageResult>> = {};
  for (let wave = 1; wave <= waves; wave += 1) {
    for (let n = 1; n <= width; n += 1) stages[`s${wave}-${n}`] = { wave, ...standing(wave, n) };
  }
  return modelOf([{ type: 'run_seen', status: aRunStatus(stages) }]);
}

function standing(wave: number, n: number): Partial<StageResult> {
  if (wave < 10) return { status: 'succeeded', duration_ms: 100 };
  if (wave > 12) return { status: 'pending' };
  if (wave === 10 && n === 1) return { status: 'failed', duration_ms: 100 };
  return n % 2 === 0 ? { status: 'running', started_at: at(5) } : { status: 'succeeded', duration_ms: 100 };
}
