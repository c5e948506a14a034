import type { LogLine } from '../../storage/log-line.js';
import { shorten } from '../graph/describe-action.js';
import type { StagePiece } from './stage-pieces.js';

/** Of one piece, which comes a few times a second: more would hide what else is logged. */
const MOST_LINES = 10;
const LONGEST_LINE = 400;

/** What a log shows of chunks: text as its lines, other values as JSON, the first few of what came together. */
export function chunkLines({ stage, step, position }: StagePiece): readonly LogLine[] {
  const line = { stage, attempt: position.attempt, stream: 'chunks' } as const;
  if (step.kind === 'restart') {
    const message = `attempt ${step.attempt} begins anew: chunks from ${step.index} on come again`;
    return [{ ...line, time: new Date().toISOString(), level: 'warn', message }];
  }
  const { chunks } = step;
  const isText = chunks.every((chunk) => typeof chunk === 'string');
  const all = isText
    ? chunks
        .join('')
        .split('\n')
        .filter((text) => text.trim() !== '')
    : chunks.map((chunk) => JSON.stringify(chunk));
  const left = all.length - MOST_LINES;
  const shown = all.slice(0, MOST_LINES).map((text) => shorten(text, LONGEST_LINE));
  const more = left > 0 ? [`… and ${left} more ${isText ? 'lines' : 'chunks'}`] : [];
  return [...shown, ...more].map((message) => ({ ...line, time: step.at, level: 'info', message }));
}
