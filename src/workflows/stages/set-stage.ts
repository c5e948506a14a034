import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { resolveTemplate } from '../../expressions/template.js';
import type { Json } from '../../shared/json.js';
import type { StageRunContext } from './stage-context.js';

/** Computes values for its output and for the run's shared state, without an activity. */
export function runSet(stage: StagePlan, context: StageRunContext): StageOutcome {
  if (stage.action.kind !== 'set') throw new Error(`Stage "${stage.id}" does not set values.`);
  const output = resolveTemplate(stage.action.output, context.scope).value;
  const state = resolveTemplate(stage.action.state, context.scope).value as Readonly<Record<string, Json>>;
  context.memory.merge(state, undefined);
  const hasState = Object.keys(state).length > 0;
  return { status: 'succeeded', output, attempts: 1, ...(hasState ? { state } : {}) };
}
