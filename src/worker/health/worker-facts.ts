import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem, hostname, loadavg, totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { WorkerFacts } from '../../engine/health/facts.js';

/** A worker and where it keeps files. */
export type WorkerPlace = {
  readonly identity: string;
  readonly taskQueue: string;
  readonly startedAt: Date;
  /** The disk that this folder lies on is watched; it need not be there yet. */
  readonly folder: string;
};

/** How the machine of a worker does. In a container its memory limit counts, where there is one. */
export async function workerFacts(place: WorkerPlace, now: Date): Promise<WorkerFacts> {
  const { identity, taskQueue, startedAt, folder } = place;
  const memory = memoryOf();
  const disk = await diskOf(folder);
  return {
    worker: identity,
    host: hostname(),
    task_queue: taskQueue,
    started_at: startedAt.toISOString(),
    seen_at: now.toISOString(),
    disk_free_bytes: disk?.free ?? null,
    disk_used: disk === null ? null : share(disk.size - disk.free, disk.size),
    memory_used: share(memory.size - memory.free, memory.size),
    memory_free_bytes: memory.free,
    load: Math.round(((loadavg()[0] ?? 0) / availableParallelism()) * 100) / 100,
  };
}

type Space = { readonly size: number; readonly free: number };

function memoryOf(): Space {
  const limit = process.constrainedMemory();
  const size = totalmem();
  // Without a limit the answer is 0, or a number beyond any machine.
  if (limit > 0 && limit < size) return { size: limit, free: Math.max(0, process.availableMemory()) };
  return { size, free: process.availableMemory() || freemem() };
}

async function diskOf(folder: string): Promise<Space | null> {
  try {
    const { bavail, bfree, blocks, bsize } = await statfs(folder);
    // What is kept for the system counts as used up: stages cannot have it.
    return { size: (blocks - bfree + bavail) * bsize, free: bavail * bsize };
  } catch {
    const above = dirname(folder);
    return above === folder ? null : diskOf(above);
  }
}

function share(used: number, size: number): number {
  return size === 0 ? 0 : Math.round(Math.min(Math.max(used / size, 0), 1) * 10_000) / 10_000;
}
