import { isCancellation, sleep } from '@temporalio/workflow';
import type { StagePlan } from '../../engine/plan.js';
import { isoTime, type StageOutcome } from '../../engine/stage-record.js';
import { resolveTemplate } from '../../expressions/template.js';
import { parseDuration } from '../../shared/duration.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { failedOutcome } from '../stage-failure.js';
import { summaryOf } from '../activity-options.js';
import type { OnStageEnd, StageRunContext } from './stage-context.js';

/** Waits for a duration on a durable timer. */
export function runSleep(stage: StagePlan, context: StageRunContext, onEnd: OnStageEnd): StageOutcome | null {
  if (stage.action.kind !== 'sleep') throw new Error(`Stage "${stage.id}" is not a timer.`);
  const { duration } = stage.action;
  const given = typeof duration === 'number' ? duration : resolveTemplate(duration, context.scope).value;
  const ms = typeof duration === 'number' ? duration : parseDuration(given);
  if (ms === null) {
    return failedOutcome(
      stage,
      ERROR_TYPE.validation,
      `sleep gave ${JSON.stringify(given)}, expected a duration such as 90s or 1h30m`,
    );
  }
  return waitUntil(stage, Date.now() + ms, context, onEnd);
}

/** Waits until an instant on a durable timer; one in the past passes at once. */
export function runUntil(stage: StagePlan, context: StageRunContext, onEnd: OnStageEnd): StageOutcome | null {
  if (stage.action.kind !== 'until') throw new Error(`Stage "${stage.id}" is not a timer.`);
  const { value } = resolveTemplate(stage.action.time, context.scope);
  const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(instant)) {
    return failedOutcome(
      stage,
      ERROR_TYPE.validation,
      `until gave ${JSON.stringify(value)}, expected a time such as 2026-01-31T18:00:00Z`,
    );
  }
  return waitUntil(stage, instant, context, onEnd);
}

function waitUntil(
  stage: StagePlan,
  instant: number,
  context: StageRunContext,
  onEnd: OnStageEnd,
): StageOutcome | null {
  const succeeded: StageOutcome = { status: 'succeeded', output: { until: isoTime(instant) }, attempts: 1 };
  const ms = instant - Date.now();
  if (ms <= 0) return succeeded;
  context.mark(stage, 'running', { until: instant });
  void sleep(ms, { summary: summaryOf(stage) }).then(
    () => onEnd(stage, succeeded),
    (error: unknown) => {
      if (!isCancellation(error)) throw error;
      onEnd(stage, { status: 'cancelled', attempts: 1 });
    },
  );
  return null;
}
