import type { ModelRun } from '../../engine/models/model-version.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { StageFailure } from '../stage-failure.js';
import type { StageContext } from '../stage-function.js';

/** Who does something to a model when a stage does it. */
export function actorOf({ run, stage }: Pick<StageContext, 'run' | 'stage'>): {
  readonly by: string;
  readonly run: ModelRun;
} {
  return {
    by: `stage ${stage.id} of ${run.workflow_id}`,
    run: { workflow_id: run.workflow_id, run_id: run.id, stage: stage.id },
  };
}

const NOT_FOUND = ['model_not_found', 'version_not_found'];

/** Turns what the registry refuses into a failure that no other attempt would mend; anything else may be tried again. */
export async function asking<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
    if (!(error instanceof Error) || error.name !== 'ModelError' || code === 'busy') throw error;
    const type = NOT_FOUND.includes(String(code)) ? ERROR_TYPE.modelNotFound : ERROR_TYPE.modelRefused;
    throw new StageFailure(error.message, { type, retryable: false });
  }
}
