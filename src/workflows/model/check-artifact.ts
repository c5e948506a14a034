import { CancellationScope, scheduleActivity } from '@temporalio/workflow';
import type { FoundVersion } from '../../engine/models/model-state.js';
import type { ArtifactRef } from '../../shared/task.js';
import type { ModelCheckAnswer, ModelCheckTask } from '../../shared/model-task.js';
import { ACTIVITY } from '../../shared/names.js';

/** Looks whether the artifact of a version that is about to be registered is in the store. */
export function checkNewArtifact(
  model: string,
  version: string,
  artifact: ArtifactRef | null,
): Promise<string | null> {
  return artifact === null ? Promise.resolve(null) : check({ model, version, artifact });
}

/** Looks whether the artifact of a version is still in the store. */
export function checkArtifact(model: string, found: FoundVersion): Promise<string | null> {
  if ('version' in found) return checkNewArtifact(model, found.version.version, found.version.artifact);
  const { sha256, size_bytes } = found.page;
  return check({ model, version: found.name, page: { sha256, size_bytes } });
}

/** What is wrong, or null. */
async function check(task: ModelCheckTask): Promise<string | null> {
  try {
    const { problem } = await CancellationScope.nonCancellable(() =>
      scheduleActivity<ModelCheckAnswer>(ACTIVITY.modelCheck, [task], {
        summary: `artifact of ${task.version}`,
        // Large models are read as a whole.
        startToCloseTimeout: '30m',
        heartbeatTimeout: '30s',
        // Whoever asked waits for a minute; a store that is away for longer is a reason to ask again later.
        scheduleToCloseTimeout: '35m',
        retry: { maximumAttempts: 3, initialInterval: '1s' },
      }),
    );
    return problem;
  } catch {
    return 'it could not be looked at: the store does not answer.';
  }
}
