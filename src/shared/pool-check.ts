/** The argument of the activity that looks whether the holders of a pool still run. */
export type PoolCheckTask = {
  readonly holders: ReadonlyArray<{ readonly workflow_id: string; readonly run_id: string }>;
};

/** Positions in the list of holders; all others still run. */
export type PoolCheckResult = {
  /** Ended, or not known to the server any more. */
  readonly gone: readonly number[];
  /** Another execution of the same workflow runs in place of this one. */
  readonly replaced: ReadonlyArray<readonly [index: number, run_id: string]>;
};
