import type { Template } from './plan.js';

/** A change of traffic in steps, each of them measured, as its definition says with every default filled in. */
export type CanaryPlan = {
  /** The version that serves now. */
  readonly baseline: Template;
  /** The version that is to take its place. */
  readonly candidate: Template;
  readonly target: CanaryTarget;
  /** Weights ascend; the last one is 100. */
  readonly steps: readonly CanaryStep[];
  /** Steps and times as they were given, where they hold expressions: their values take the place of those above. */
  readonly schedule?: WantedSchedule;
  readonly rules: CanaryRules;
  readonly kpis: readonly KpiPlan[];
  readonly approval: CanaryApprovalPlan;
};

/** The steps of a canary and its times as its definition gives them; what expressions give is known when it starts. */
export type WantedSchedule = {
  readonly steps: ReadonlyArray<Template>;
  readonly soak?: Template;
  readonly interval?: Template;
  readonly window?: Template;
  readonly inconclusive_after?: Template;
};

/** How long the candidate has a share of the traffic, in percent, before the next step. */
export type CanaryStep = { readonly weight: number; readonly soak_ms: number };

/**
 * What becomes of a step whose KPIs stay inconclusive:
 * - `ask`: a person decides.
 * - `fail`: the canary is rolled back.
 * - `pass`: the step counts as passed once its soak is over.
 */
export type InconclusivePolicy = 'ask' | 'fail' | 'pass';

/** How a canary decides. */
export type CanaryRules = {
  /** Time between two evaluations. */
  readonly interval_ms: number;
  /** Time that each KPI is measured over, up to now. */
  readonly window_ms: number;
  /** Failed evaluations of a step that do not roll it back. */
  readonly failure_limit: number;
  readonly inconclusive: InconclusivePolicy;
  /** How long evaluations may be inconclusive in a row before that applies. */
  readonly inconclusive_after_ms: number;
  /**
   * - `automatic`: all traffic goes to the candidate when the steps before have passed.
   * - `approval`: people are asked first.
   */
  readonly promote: 'automatic' | 'approval';
  /** Limit of the whole canary; what is not promoted by then is rolled back. */
  readonly timeout_ms: number | null;
};

/** Who is asked, about an inconclusive step or before all traffic goes to the candidate. */
export type CanaryApprovalPlan = {
  /** Empty for anyone. */
  readonly approvers: Template;
  readonly required: number;
  readonly timeout_ms: number | null;
  /** Of the question whether to promote; an inconclusive step is always rolled back. */
  readonly on_timeout: 'rollback' | 'promote';
};

/** Who is told the weights. `service` is what has them: one canary of a service runs at a time. */
export type CanaryTarget = { readonly service: Template | null } & (
  | { readonly type: 'router'; readonly url: Template }
  | { readonly type: 'uses'; readonly uses: string; readonly with: Template }
  | {
      readonly type: 'http';
      readonly method: string;
      readonly url: Template;
      readonly headers: Readonly<Record<string, Template>>;
      readonly body: Template;
    }
);

/** Bounds and samples are numbers once the canary starts. */
export type KpiPlan = {
  readonly name: string;
  readonly min_samples: Template;
  readonly min: Template;
  readonly max: Template;
  readonly baseline: Template;
  readonly source: KpiSource;
};

/** What a KPI must be. */
export type KpiRule = {
  readonly name: string;
  /** A value made of fewer samples says nothing. */
  readonly min_samples: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly baseline: BaselineBounds | null;
};

/** How far the candidate may be from the baseline, measured over the same window. */
export type BaselineBounds = {
  readonly max_ratio?: number;
  readonly min_ratio?: number;
  readonly max_increase?: number;
  readonly max_decrease?: number;
};

/** Where the value of a KPI comes from. `value` and `samples` of `http` are bare CEL over the answer's `body`. */
export type KpiSource =
  | {
      readonly type: 'prometheus';
      readonly url: Template;
      readonly headers: Readonly<Record<string, Template>>;
      readonly query: Template;
      readonly samples: Template | null;
    }
  | {
      readonly type: 'http';
      readonly url: Template;
      readonly headers: Readonly<Record<string, Template>>;
      readonly value: string;
      readonly samples: string | null;
    }
  | { readonly type: 'uses'; readonly uses: string; readonly with: Template };

/** Names that the expressions of a target may use beside those of all stages. */
export const TARGET_NAMES = ['service', 'baseline', 'candidate', 'weight', 'weights'] as const;

/** Names that the expressions of a KPI's source may use: it is measured once for each version. */
export const KPI_NAMES = ['service', 'baseline', 'candidate', 'version', 'window_seconds'] as const;

/** The only names of `value` and `samples`, which the worker evaluates. */
export const ANSWER_NAMES = ['body', 'version', 'window_seconds'] as const;
