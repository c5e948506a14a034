/** The argument of the activity that looks whether what a pipeline requires is there. */
export type RequirementCheckTask = {
  readonly requires: ReadonlyArray<{ readonly pipeline: string; readonly max_age_ms: number | null }>;
};

/** What is missing, in words; empty when the run may go on. */
export type RequirementCheckResult = { readonly unmet: readonly string[] };
