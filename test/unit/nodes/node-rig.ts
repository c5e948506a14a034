import type { StageFunction } from '../../../src/activities/stage-function.js';
import type { Json } from '../../../src/shared/json.js';
import type { StageTask, TaskResult } from '../../../src/shared/task.js';
import type { BlobStore } from '../../../src/storage/blob-store.js';
import { activityRig, aTask } from '../activities/attempt-rig.js';

/** Runs stage functions as a worker does, each as one attempt. */
export function nodeRig(
  stages: readonly StageFunction[],
  env: Readonly<Record<string, string>> = {},
  store?: BlobStore,
) {
  const rig = activityRig({ stages, deps: { env, ...(store === undefined ? {} : { store }) } });
  const run = (name: string, params: Json, task: Partial<StageTask> = {}): Promise<TaskResult> =>
    rig.run(name, aTask({ params, ...task }));
  return {
    ...rig,
    run,
    /** Its output, as the type that the test knows it to have. */
    output: async <T>(name: string, params: Json): Promise<T> => (await run(name, params)).output as T,
  };
}
