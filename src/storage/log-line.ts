import { createHash } from 'node:crypto';
import type { JsonObject } from '../shared/json.js';

/** From the least to the worst. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** One line of a stage's log. `time` is ISO 8601 in UTC; `stream` is set for output of a command. */
export type LogLine = {
  readonly time: string;
  readonly stage: string;
  /** Position of the item of a map that wrote it. */
  readonly item?: number;
  readonly attempt: number;
  readonly level: LogLevel;
  readonly stream?: 'stdout' | 'stderr';
  readonly message: string;
  readonly fields?: JsonObject;
};

/** Which attempt a log belongs to. */
export type LogSource = {
  readonly workflowId: string;
  readonly runId: string;
  readonly stage: string;
  readonly item?: number;
  readonly attempt: number;
};

/** The prefix of all chunks of a run, of a stage, or of one attempt: `logs/<workflow>/<run>/<stage>/<attempt>/`. */
export function logPrefix(source: {
  readonly workflowId: string;
  readonly runId: string;
  readonly stage?: string;
  readonly attempt?: number;
}): string {
  const parts = ['logs', safeSegment(source.workflowId), safeSegment(source.runId)];
  if (source.stage !== undefined) parts.push(safeSegment(source.stage));
  if (source.attempt !== undefined) parts.push(String(source.attempt));
  return `${parts.join('/')}/`;
}

// Ids may hold `/` and anything else; a segment of a key may not, and file systems end at 255 bytes.
function safeSegment(id: string): string {
  const encoded = encodeURIComponent(id).replaceAll(
    /[!'()*~]/g,
    (char) => `%${char.charCodeAt(0).toString(16)}`,
  );
  if (encoded === '' || encoded === '.' || encoded === '..') return `%${encoded}`;
  if (encoded.length <= 180) return encoded;
  return `${encoded.slice(0, 120)}-${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}
