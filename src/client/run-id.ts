import { randomInt } from 'node:crypto';

const RUN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const PIPELINE_NAME = /^[a-z0-9-]+$/;
const KEY_ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';

/** A key for a run that was given none: the time in UTC, then four letters, so that IDs sort by start. */
export function newRunKey(now: Date): string {
  const [date = '', time = ''] = now.toISOString().replaceAll(/[-:]/g, '').split('T');
  const suffix = Array.from({ length: 4 }, () => KEY_ALPHABET[randomInt(KEY_ALPHABET.length)]).join('');
  return `${date}-${time.slice(0, 6)}-${suffix}`;
}

/** The workflow ID of a run. */
export function workflowIdOf(pipeline: string, key: string): string {
  return `${pipeline}/${key}`;
}

/** True for what Temporal gives out as a run ID. */
export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}

/** True for what may be a pipeline's name; anything else can only be a workflow ID. */
export function isPipelineName(text: string): boolean {
  return PIPELINE_NAME.test(text);
}
