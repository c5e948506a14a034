/** The argument of the activity that looks whether what a pipeline requires is there. */
export type RequirementCheckTask = {
  readonly requires: readonly RequiredRun[];
};

/** What is missing, in words; empty when the run may go on. */
export type RequirementCheckResult = { readonly unmet: readonly string[] };

/** What must have run before: a pipeline, or any pipeline that provides a dataset. */
export type RequiredRun = ({ readonly pipeline: string } | { readonly dataset: string }) & {
  /** @default succeeded */
  readonly status?: RequiredStatus;
  /** How long ago at most; null for any time. */
  readonly max_age_ms: number | null;
};

/**
 * - `succeeded`: there is a success; failures after it do not matter.
 * - `latest_succeeded`: the run that ended last succeeded.
 * - `ended`: a run has ended, in whatever way.
 */
export type RequiredStatus = 'succeeded' | 'latest_succeeded' | 'ended';
