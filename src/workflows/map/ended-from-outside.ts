import type { StageError } from '../../engine/result.js';
import { ERROR_TYPE } from '../../shared/names.js';

/** The error of a map whose workflow, or a part of it, was ended by somebody instead of giving its result. */
export function endedFromOutside(what: string, error: unknown): Omit<StageError, 'stage'> {
  const reason =
    error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : '';
  return {
    type: ERROR_TYPE.pipelineCancelled,
    message: `${what} of the map was ended from outside: ${reason}`,
  };
}
