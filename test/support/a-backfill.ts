import type { BackfillInput, PartitionStatus } from '../../src/engine/backfill.js';
import { type BackfillRequest, createBackfillInput } from '../../src/engine/create-backfill-input.js';
import { packWindows } from '../../src/engine/backfill-windows.js';
import { createRunInput } from '../../src/engine/create-run-input.js';
import type { Plan } from '../../src/engine/plan.js';

const DAY = 86_400_000;

/** Windows of a day each, from 2024-01-01 on. */
function days(count: number) {
  const start = Date.parse('2024-01-01T00:00:00.000Z');
  return Array.from({ length: count }, (_, i) => {
    const at = new Date(start + i * DAY).toISOString();
    return { start: at, end: new Date(start + (i + 1) * DAY).toISOString(), key: at.slice(0, 10) };
  });
}

/** A backfill of so many days, of which all are to be done. */
export function aBackfill(
  plan: Plan,
  count: number,
  overrides: Partial<BackfillRequest> & Pick<BackfillInput, 'limits'> = {},
): BackfillInput {
  const made = createRunInput(plan, {});
  if (!('input' in made)) throw new Error(made.problems.join('\n'));
  const { limits, ...request } = overrides;
  const input = createBackfillInput({
    run: made.input,
    windows: packWindows(days(count)),
    statuses: Array.from({ length: count }, (): PartitionStatus => 'pending'),
    only: 'missing',
    order: 'oldest',
    max_parallel: 2,
    max_failures: null,
    timezone: 'UTC',
    step: '1d',
    ...request,
  });
  return limits === undefined ? input : { ...input, limits };
}
