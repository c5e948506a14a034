import { StageFailure } from '../../activities/stage-failure.js';
import { NODE_ERROR } from '../node-errors.js';
import type { LlmSetup } from './llm-options.js';
import type { Model } from './model.js';

/** The model that params name, or the one of those that name none. Throws `UnknownName`. */
export function findModel({ models, defaultModel }: LlmSetup, name: string | null | undefined): Model {
  const model = models.get(name ?? defaultModel);
  if (model !== undefined) return model;
  throw new StageFailure(
    `There is no model "${name}" in the configuration. Models here: ${[...models.keys()].join(', ')}.`,
    { type: NODE_ERROR.unknownName, retryable: false },
  );
}
