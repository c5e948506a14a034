import { ApplicationFailure } from '@temporalio/workflow';
import { ERROR_TYPE } from '../../shared/names.js';

/** The first detail of a refusal because of an unknown name, for a client that guesses which one was meant. */
export type UnknownName = {
  readonly what: string;
  readonly given: string;
  readonly known: readonly string[];
};

/** What a message is refused with: an update's validator throws it before anything reaches the history. */
export function refusal(message: string, unknown?: UnknownName): ApplicationFailure {
  const details = unknown === undefined ? [] : [unknown];
  return ApplicationFailure.nonRetryable(message, ERROR_TYPE.refused, ...details);
}

const MOST_LISTED = 20;

/** Refuses a name that does not exist, with those that do. `what` is its kind, such as `stage`. */
export function unknownName(what: string, given: string, known: readonly string[]): ApplicationFailure {
  const more = known.length > MOST_LISTED ? `, … (${known.length} in all)` : '';
  const names = known.length === 0 ? '(none)' : `${known.slice(0, MOST_LISTED).join(', ')}${more}`;
  const plural = `${what.charAt(0).toUpperCase()}${what.slice(1)}s`;
  return refusal(`The run has no ${what} "${given}". ${plural} here: ${names}.`, {
    what,
    given,
    known,
  });
}
