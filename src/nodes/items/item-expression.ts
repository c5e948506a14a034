import { z } from 'zod';
import type { StageContext } from '../../activities/stage-function.js';
import { StageFailure } from '../../activities/stage-failure.js';
import { evaluate } from '../../expressions/evaluate.js';
import { compileExpression } from '../../expressions/compile-expression.js';
import { ExpressionError } from '../../expressions/expression-error.js';
import type { Json } from '../../shared/json.js';
import { ERROR_TYPE } from '../../shared/names.js';
import type { Numbered } from './item-source.js';

/** CEL over `item` and `index`, such as `item.label == 'spam'`. Parsed when the params are checked. */
export const itemExpression = z.string().superRefine((source, context) => {
  try {
    compileExpression(source);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});

/** The value of an expression for one item. Throws an `ExpressionError` that says for which; it is not retried. */
export function valueFor(source: string, { item, index }: Numbered, { run }: StageContext): Json {
  const nothing = { inputs: {}, variables: {}, stages: {}, state: {}, metrics: {} };
  try {
    return evaluate(source, { ...nothing, run, item, index });
  } catch (cause) {
    if (!(cause instanceof ExpressionError)) throw cause;
    throw new StageFailure(`Item ${index}: ${cause.message}`, {
      type: ERROR_TYPE.expression,
      retryable: false,
      cause,
    });
  }
}
