/** What is to be done next; `until` is milliseconds since the epoch, null for as long as nobody says anything. */
export type CanaryMove =
  | { readonly type: 'shift'; readonly weight: number }
  | MeasureMove
  | { readonly type: 'wait'; readonly until: number | null }
  | { readonly type: 'end' };

/**
 * Measuring over a window. An evaluation is due once in every interval; a look comes in between, and counts only when it
 * finds a bound broken.
 */
export type MeasureMove = {
  readonly type: 'measure';
  readonly is_look: boolean;
  readonly window_seconds: number;
};
