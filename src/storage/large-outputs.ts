import type { StageResult } from '../engine/result.js';
import type { Json } from '../shared/json.js';
import type { OutputRef } from '../shared/task.js';
import type { BlobStore } from './blob-store.js';
import { getObject, putObject } from './objects.js';

/**
 * Outputs from about this size on are named by reference in results. A run reads its whole result in one step when it
 * ends, so that the outputs of all stages together would be too much for it.
 */
export const LARGE_OUTPUT_BYTES = 1024 * 1024;

/** Keeps an output as an object of its own when it is large; undefined when it is not. */
export function storeLargeOutput(store: BlobStore, output: Json): Promise<OutputRef> | undefined {
  if (roughSize(output, LARGE_OUTPUT_BYTES) < LARGE_OUTPUT_BYTES) return undefined;
  return putObject(store, Buffer.from(JSON.stringify(output)));
}

/** The output that a reference names. Throws `missing` or `damaged` when the store cannot give it. */
export async function readOutput(store: BlobStore, ref: OutputRef): Promise<Json> {
  return JSON.parse((await getObject(store, ref.sha256)).toString('utf8')) as Json;
}

type WithStages<S extends StageResult> = {
  readonly stages: Readonly<Record<string, S>>;
  readonly hooks: Readonly<Record<string, S>>;
  readonly undone?: Readonly<Record<string, S>>;
};

/** A result or status with the outputs that it only names. Equal outputs are read once. */
export async function withLargeOutputs<S extends StageResult, T extends WithStages<S>>(
  store: BlobStore,
  result: T & WithStages<S>,
): Promise<T> {
  const known = new Map<string, Json>();
  const fill = async (stages: Readonly<Record<string, S>>): Promise<Readonly<Record<string, S>>> => {
    const filled: Record<string, S> = {};
    // One after the other: several large values at once would take that much more memory.
    for (const [id, stage] of Object.entries(stages)) {
      const { output_ref: ref } = stage;
      if (ref === undefined) filled[id] = stage;
      else {
        const output = known.get(ref.sha256) ?? (await readOutput(store, ref));
        known.set(ref.sha256, output);
        filled[id] = { ...stage, output };
      }
    }
    return filled;
  };
  const { stages, hooks, undone } = result;
  const all = [stages, hooks, undone ?? {}].flatMap((group) => Object.values(group));
  if (all.every(({ output_ref }) => output_ref === undefined)) return result;
  return {
    ...result,
    stages: await fill(stages),
    hooks: await fill(hooks),
    ...(undone === undefined ? {} : { undone: await fill(undone) }),
  };
}

/** About how long a value is as JSON. Stops counting at `limit`. */
function roughSize(value: Json, limit: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 5;
  let size = 2;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) {
      size += 1 + roughSize(item, limit - size);
      if (size >= limit) return size;
    }
    return size;
  }
  for (const [key, item] of Object.entries(value)) {
    size += key.length + 4 + roughSize(item, limit - size);
    if (size >= limit) return size;
  }
  return size;
}
