import { max, mean, median, min, sum } from 'simple-statistics';
import { StageFailure } from '../../activities/stage-failure.js';
import type { Json } from '../../shared/json.js';
import { ERROR_TYPE } from '../../shared/names.js';

/** How values of many items become one. */
export const MEASURES = ['sum', 'mean', 'median', 'min', 'max', 'list', 'join'] as const;

type Measure = { readonly by: (typeof MEASURES)[number]; readonly name: string; readonly separator: string };

const OF_NUMBERS = { sum, mean, median, min, max };

/** One value of many; null where there are none to take a mean of. Not-numbers are an error that is not retried. */
export function measure(values: readonly Json[], { by, name, separator }: Measure): Json {
  if (by === 'list') return values;
  if (by === 'join') return values.map((value) => textOf(value)).join(separator);
  if (values.length === 0) return by === 'sum' ? 0 : null;
  return OF_NUMBERS[by](values.map((value) => numberOf(value, name)));
}

/** True counts as 1 and false as 0, so that the mean of a condition is the share for which it holds. */
function numberOf(value: Json, name: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  throw new StageFailure(
    `The measure "${name}" needs numbers, got \`${JSON.stringify(value).slice(0, 80)}\`.`,
    { type: ERROR_TYPE.validation, retryable: false },
  );
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
