import { ClientError } from './client-error.js';
import { shellWord } from '../shared/shell-word.js';

/** Thrown to who wants to steer a run that is over. */
export function runEnded(workflowId: string, cause?: unknown): ClientError {
  return new ClientError('run_ended', `The run "${workflowId}" has ended already.`, {
    hint: `See how: sluice result ${shellWord(workflowId)}`,
    cause,
  });
}
