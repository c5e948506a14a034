import { suggest } from '../definition/suggest.js';
import { ClientError } from './client-error.js';

const MOST_LISTED = 30;

/** What is thrown where somebody names a stage that a run or a pipeline does not have. `where` begins the sentence. */
export function unknownStage(where: string, stage: string, known: readonly string[]): ClientError {
  return new ClientError('unknown_stage', `${where} has no stage "${stage}".`, {
    hint: known.length === 0 ? 'It has not answered yet.' : knownWords(stage, known),
  });
}

function knownWords(stage: string, known: readonly string[]): string {
  const more = known.length > MOST_LISTED ? `, … (${known.length} in all)` : '';
  const meant = suggest(stage, known);
  const guess = meant === null ? '' : ` Did you mean "${meant}"?`;
  return `Stages here: ${known.slice(0, MOST_LISTED).join(', ')}${more}.${guess}`;
}
