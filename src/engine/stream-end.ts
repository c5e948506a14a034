import type { StagePlan } from './plan.js';
import type { StageRecord } from './stage-record.js';
import { verdictOf } from './verdict.js';

/**
 * What the end of a stage means for the map that goes over its chunks:
 * - `whole`: it succeeded; these are all chunks, and where they are.
 * - `so_far`: it gave up, which the definition tolerates: the chunks that are there are all.
 * - `broken`: the map cannot be completed; it starts no more items.
 * - `cancelled`: the same, because somebody stopped it.
 */
export type StreamEnd =
  | { readonly how: 'whole'; readonly folder: string; readonly chunks: number }
  | { readonly how: 'so_far' }
  | { readonly how: 'broken'; readonly message: string }
  | { readonly how: 'cancelled' };

/**
 * How the stream of a stage that ended is to be taken by a map over it: as if the map had only now to decide whether it
 * runs. Null for a stage that has not ended.
 */
export function streamEnd(map: StagePlan, producer: StageRecord): StreamEnd | null {
  const { status, outcome, endedAt } = producer;
  const { id } = producer.plan;
  if (endedAt === null) return null;
  if (status === 'succeeded' || status === 'reused') {
    if (outcome?.stream !== undefined) {
      const { folder, chunks } = outcome.stream;
      return { how: 'whole', folder, chunks };
    }
    return { how: 'broken', message: `stage "${id}" gave no stream: only a function that yields has chunks` };
  }
  switch (verdictOf(map, { isSelected: true, stopped: null, dependencies: [producer] })) {
    case 'run':
      return { how: 'so_far' };
    case 'cancelled':
      return { how: 'cancelled' };
    default:
      return {
        how: 'broken',
        message: `the stream of stage "${id}" broke off: ${outcome?.error?.message ?? `it was ${status}`}`,
      };
  }
}
