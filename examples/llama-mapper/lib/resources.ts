import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { StageContext } from 'sluice';

/**
 * Runs work and adds what it took to the stage's metrics: `cpu_seconds`, for which its thread was busy, `memory_mb` of that
 * thread's heap, and `cost_usd` for the seconds at the price of an hour. A stage with `isolation: thread` has a thread of its
 * own, so what runs beside it is not counted.
 */
export async function measured<T>(
  ctx: Pick<StageContext, 'metrics'>,
  pricePerHour: number,
  work: () => Promise<T>,
): Promise<T> {
  const before = performance.eventLoopUtilization();
  const result = await work();
  const { active } = performance.eventLoopUtilization(before);
  const heap = getHeapStatistics();
  const seconds = active / 1000;
  ctx.metrics.add('cpu_seconds', round(seconds));
  ctx.metrics.add('memory_mb', Math.round((heap.used_heap_size + heap.external_memory) / 1_048_576));
  ctx.metrics.add('cost_usd', round((seconds / 3600) * pricePerHour));
  return result;
}

function round(value: number): number {
  return Number(value.toFixed(6));
}
