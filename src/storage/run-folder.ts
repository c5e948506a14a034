import { createHash } from 'node:crypto';

/** Which attempt something in the store belongs to; of a budget its name stands for the stage. */
export type RunPlace = {
  readonly workflowId: string;
  readonly runId: string;
  readonly stage?: string;
  readonly attempt?: number;
};

/** The prefix of all that a run, a stage or an attempt keeps in an area: `AREA/<workflow>/<run>/<stage>/<attempt>/`. */
export function runFolder(area: 'logs' | 'streams' | 'budgets', place: RunPlace): string {
  const parts: string[] = [area, safeSegment(place.workflowId), safeSegment(place.runId)];
  if (place.stage !== undefined) parts.push(safeSegment(place.stage));
  if (place.attempt !== undefined) parts.push(String(place.attempt));
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
