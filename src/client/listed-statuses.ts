import type { ListedStatus } from '../worker/visibility.js';

/** How runs of a list may stand; in a file that loads nothing, for the help of commands. */
export const LISTED_STATUSES = [
  'running',
  'queued',
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
] as const satisfies readonly ListedStatus[];
