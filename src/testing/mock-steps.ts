import type { StageContext } from '../activities/stage-function.js';
import type { Json } from '../shared/json.js';
import type { MockStage } from './mocks.js';

/** One step of a mock: an output, an error that is thrown, or a mock of its own. */
export type MockStep = Json | Error | MockStage;

/** A mock that goes another way in each attempt: the first step in the first one, the last step in all that follow. */
export function attempts(first: MockStep, ...rest: readonly MockStep[]): MockStage {
  return stepBy((ctx) => ctx.attempt - 1, [first, ...rest]);
}

/** A mock that goes another way for each item of a map, by its position; the last step is that of all that follow. */
export function items(first: MockStep, ...rest: readonly MockStep[]): MockStage {
  return stepBy((ctx) => ctx.item ?? 0, [first, ...rest]);
}

function stepBy(position: (ctx: StageContext) => number, steps: readonly MockStep[]): MockStage {
  return (params, ctx) => {
    const step = steps[Math.min(position(ctx), steps.length - 1)] ?? null;
    if (step instanceof Error) throw step;
    return typeof step === 'function' ? step(params, ctx) : step;
  };
}
