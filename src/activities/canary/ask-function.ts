import { z } from 'zod';
import type { Json } from '../../shared/json.js';
import type { KpiReading } from '../../shared/canary-task.js';
import type { Attempt } from '../attempt.js';
import { checkSchema } from '../check-schema.js';
import { runStageFunction } from '../run-stage-function.js';
import type { MeasureDeps } from './measure-kpis.js';

const measured = z.union([
  z.number().nullable(),
  z.object({ value: z.number().nullable(), samples: z.number().nullish() }),
]);

/** Asks a stage function for a value: a number, or `{ value, samples }`. */
export async function askFunction(
  { uses, with: params }: { readonly uses: string; readonly with: Json },
  attempt: Attempt,
  { stages, env }: MeasureDeps,
): Promise<KpiReading> {
  const stage = stages.get(uses);
  if (stage === undefined) {
    const known = [...stages.keys()].join(', ') || 'none';
    throw new Error(`this worker has no stage function "${uses}". It has: ${known}`);
  }
  const { output } = await runStageFunction(stage, attempt, env, params);
  const found = await checkSchema(measured, output, `"${uses}" must give a number or { value, samples }`);
  if (typeof found !== 'object' || found === null) return { value: found, samples: null };
  return { value: found.value, samples: found.samples ?? null };
}
