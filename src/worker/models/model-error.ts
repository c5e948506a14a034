import type { ModelRefusalCode } from '../../engine/models/model-refusal.js';

/**
 * - `model_not_found`: there is no such model.
 * - `no_answer`: no worker answered for the model.
 */
export type ModelErrorCode = ModelRefusalCode | 'model_not_found' | 'no_answer';

/** Why something is not done to a model, or not known of it. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly code: ModelErrorCode;
  readonly hint: string | null;

  constructor(code: ModelErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? null;
  }
}
