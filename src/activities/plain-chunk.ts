import type { Json } from '../shared/json.js';
import type { StageTask } from '../shared/task.js';
import { validationFailure } from './failure.js';
import { NotJsonError, toPlainJson } from './plain-json.js';
import type { Redact } from './secrets.js';

/** A chunk as JSON, without secrets; throws a `ValidationError` that names the place of what is not. */
export function plainChunk(task: StageTask, index: number, chunk: unknown, redact: Redact): Json {
  try {
    return toPlainJson(chunk, redact);
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error;
    throw validationFailure(`Chunk ${index} of stage "${task.stage.id}" is not JSON: ${error.message}.`);
  }
}
