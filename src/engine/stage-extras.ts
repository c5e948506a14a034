import type { InputSpec, StageAction, Template } from './plan.js';

/** Reuse of an earlier output. `key: null` is the default key: function name and version, and resolved params. */
export type CachePlan = { readonly key: Template | null; readonly max_age_ms: number | null };

/** Slots of a pool that a stage needs while an attempt of it runs. */
export type PoolUse = {
  readonly pool: string;
  readonly slots: number;
  /** Splits the pool's rate, one for each value of the key; null is one for all. */
  readonly key: Template | null;
};

/** A pool as configured: `slots` bounds what runs at once, `rate` what starts in a period. */
export type PoolSpec = {
  readonly slots: number | null;
  readonly rate: { readonly limit: number; readonly per_ms: number } | null;
};

/** Where the output of a stage comes from that is out of attempts. */
export type FallbackPlan =
  | { readonly type: 'last_success'; readonly max_age_ms: number | null }
  | { readonly type: 'value'; readonly value: Template }
  | { readonly type: 'uses'; readonly uses: string; readonly with: Template };

/** A stage out of attempts waits for a person; after the timeout, if any, the given end is taken. */
export type HoldPlan = { readonly timeout_ms: number | null; readonly on_timeout: 'fail' | 'skip' };

/** What takes back the effect of a stage that succeeded, when the run does not. */
export type UndoPlan = { readonly action: StageAction };

export type ApprovalPlan = {
  /** Who may decide; a template that gives a list of names, empty for anyone. */
  readonly approvers: Template;
  /** How many different people must approve. */
  readonly required: number;
  readonly timeout_ms: number | null;
  readonly on_timeout: 'reject' | 'approve';
  readonly message: Template;
  /** Values to look at before deciding. */
  readonly evidence: Template;
  /** Values that an approver may give; they become the stage's output. */
  readonly fields: Readonly<Record<string, InputSpec>>;
};

/** Says of which item of a map a stage plan is the work. The plan's own ID is then `STAGE.INDEX`. */
export type ItemRef = {
  /** ID of the mapped stage. */
  readonly stage: string;
  /** Position of the item, or of the first item of a batch. */
  readonly index: number;
};
