import type { TaskResult } from '../../shared/task.js';
import type { BlobStore } from '../../storage/blob-store.js';
import { type CachedResult, readCacheEntry, writeCacheEntry } from '../../storage/cache-entry.js';
import { acquireLease, type Lease, type LeaseOptions } from '../../storage/lease.js';
import { objectKey } from '../../storage/objects.js';
import type { Attempt } from '../attempt.js';
import { cacheKey, type Implementation } from './cache-key.js';

export type CachedWork = {
  readonly implementation: Implementation;
  readonly produce: () => Promise<TaskResult>;
  readonly lease?: Pick<LeaseOptions, 'beatMs' | 'staleMs' | 'pollMs'>;
};

/** Work of this process by store and key; others wait here rather than at the store. */
const flights = new WeakMap<BlobStore, Map<string, Promise<void>>>();

/**
 * Gives an earlier result that fits, or produces one and keeps it. Of several that need the same result at the same
 * time, in any process that shares the store, one produces it and the others wait. A store that fails costs the
 * reuse, not the stage.
 */
export async function throughCache(
  attempt: Attempt,
  store: BlobStore,
  work: CachedWork,
): Promise<TaskResult> {
  const key = cacheKey(attempt.task, work.implementation);
  const own = flightsOf(store);
  for (;;) {
    const found = await lookUp(attempt, store, key, (error) =>
      warn(attempt, 'The cached result cannot be used, the stage runs', error),
    );
    if (found !== null) return reused(found, attempt);
    const running = own.get(key);
    if (running === undefined) break;
    await orStopped(running, attempt);
  }
  const { promise, land } = flight();
  own.set(key, promise);
  try {
    return await lead(attempt, store, { ...work, key });
  } finally {
    own.delete(key);
    land();
  }
}

type KeyedWork = CachedWork & { readonly key: string };

async function lead(attempt: Attempt, store: BlobStore, work: KeyedWork): Promise<TaskResult> {
  const lease = await leaseFor(attempt, store, work);
  try {
    // Whoever held the lease before may have done the work.
    const made = await lookUp(attempt, store, work.key, () => undefined);
    if (made !== null) return reused(made, attempt);
    const result = await work.produce();
    if (attempt.stopped.stopReason() === null) await keep(attempt, store, { ...work, result });
    return result;
  } finally {
    await lease
      ?.release()
      .catch((error: unknown) => warn(attempt, 'The lease of a cached result stays', error));
  }
}

async function lookUp(
  attempt: Attempt,
  store: BlobStore,
  key: string,
  onError: (error: unknown) => void,
): Promise<CachedResult | null> {
  try {
    const found = await readCacheEntry(store, key);
    if (found === null || isTooOld(found, attempt)) return null;
    for (const { sha256 } of found.result.artifacts ?? []) {
      if (!(await store.has(objectKey(sha256)))) return null;
    }
    return found;
  } catch (error) {
    onError(error);
    return null;
  }
}

function isTooOld({ facts }: CachedResult, { task }: Attempt): boolean {
  const maxAgeMs = task.cache?.max_age_ms;
  return maxAgeMs !== undefined && Date.now() - Date.parse(facts.created_at) > maxAgeMs;
}

async function leaseFor(attempt: Attempt, store: BlobStore, work: KeyedWork): Promise<Lease | null> {
  const { run, stage } = attempt.task;
  try {
    return await acquireLease(store, `cache/leases/${work.key}`, {
      ...work.lease,
      holder: { workflow_id: run.workflow_id, stage: stage.id },
      signal: attempt.stopped.signal,
      onWait: (other) =>
        attempt.heartbeat.update({ message: `waits for ${other.workflow_id}, which makes the same result` }),
    });
  } catch (error) {
    attempt.stopped.signal.throwIfAborted();
    warn(attempt, 'Other runs may make the same result at the same time', error);
    return null;
  }
}

async function keep(
  attempt: Attempt,
  store: BlobStore,
  { key, implementation, result }: KeyedWork & { readonly result: TaskResult },
): Promise<void> {
  const { run, stage, cache } = attempt.task;
  const { attempt: _attempt, ...kept } = result;
  const facts = {
    key,
    pipeline: run.pipeline,
    stage: stage.id,
    function: implementation.kind === 'uses' ? implementation.name : implementation.kind,
    workflow_id: run.workflow_id,
    run_id: run.id,
    created_at: new Date().toISOString(),
    max_age_ms: cache?.max_age_ms ?? null,
  };
  try {
    await writeCacheEntry(store, { facts, result: kept });
  } catch (error) {
    warn(attempt, 'The result is not cached', error);
  }
}

/** An attempt whose worker died between keeping its result and reporting it finds its own. */
function reused({ facts, result }: CachedResult, { task, ctx }: Attempt): TaskResult {
  const isOwn = ctx.attempt > 1 && facts.run_id === task.run.id && facts.stage === task.stage.id;
  return {
    ...(isOwn ? result : { ...withoutCosts(result), reused_from: `cache ${facts.workflow_id}` }),
    ...(ctx.attempt === 1 ? {} : { attempt: ctx.attempt }),
  };
}

/** What it took to make was taken once; here it is saved. */
function withoutCosts({ spent = [], metrics, ...result }: TaskResult): TaskResult {
  if (metrics === undefined) return result;
  const named = Object.entries(metrics).map(([name, amount]): [string, number] => [
    spent.includes(name) ? `${name}_saved` : name,
    amount,
  ]);
  return { ...result, metrics: Object.fromEntries(named) };
}

function warn({ ctx }: Attempt, what: string, error: unknown): void {
  ctx.log.warn(`${what}: ${error instanceof Error ? error.message : String(error)}`);
}

function flightsOf(store: BlobStore): Map<string, Promise<void>> {
  const own = flights.get(store) ?? new Map<string, Promise<void>>();
  flights.set(store, own);
  return own;
}

function flight(): { readonly promise: Promise<void>; readonly land: () => void } {
  let land = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    land = resolve;
  });
  return { promise, land };
}

async function orStopped(promise: Promise<void>, { stopped }: Attempt): Promise<void> {
  await Promise.race([
    promise,
    new Promise<never>((_resolve, reject) => stopped.onStop((error) => reject(error))),
  ]);
}
