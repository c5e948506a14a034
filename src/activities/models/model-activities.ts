import { ACTIVITY } from '../../shared/names.js';
import type { ModelPageTask } from '../../shared/model-task.js';
import type { OutputRef } from '../../shared/task.js';
import type { BlobStore } from '../../storage/blob-store.js';
import { storeModelPage } from '../../storage/model-pages.js';
import { createModelCheck } from './check-model-artifact.js';

/** What the workflow of a model asks of the store. Safe to run twice: pages are named by their content. */
export function createModelActivities(store: BlobStore): {
  readonly [ACTIVITY.modelCheck]: ReturnType<typeof createModelCheck>;
  readonly [ACTIVITY.modelPage]: (task: ModelPageTask) => Promise<OutputRef>;
} {
  return {
    [ACTIVITY.modelCheck]: createModelCheck(store),
    [ACTIVITY.modelPage]: ({ content }) => storeModelPage(store, content),
  };
}
