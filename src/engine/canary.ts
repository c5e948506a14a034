import type { StageTask } from '../shared/task.js';
import type { CanaryRules, CanaryStep, KpiRule } from './canary-plan.js';
import type { Paused } from './steering.js';

/**
 * - `successful`: every KPI is within its bounds.
 * - `failed`: one is not.
 * - `inconclusive`: one could not be measured, or from too few samples, and none failed.
 */
export type Verdict = 'successful' | 'failed' | 'inconclusive';

/** One bound of a KPI. A negative margin says by how much it is broken. */
export type BoundCheck = {
  readonly bound: 'min' | 'max' | 'max_ratio' | 'min_ratio' | 'max_increase' | 'max_decrease';
  readonly limit: number;
  readonly margin: number;
};

export type KpiVerdict = {
  readonly name: string;
  readonly verdict: Verdict;
  readonly candidate: number | null;
  readonly baseline: number | null;
  /** Absent where the source does not tell. */
  readonly candidate_samples?: number;
  readonly baseline_samples?: number;
  readonly checks: readonly BoundCheck[];
  /** The smallest one; null where nothing could be compared. */
  readonly margin: number | null;
  /** Why it is not successful, in words. */
  readonly reason: string | null;
};

export type Evaluation = {
  readonly at: string;
  readonly verdict: Verdict;
  readonly kpis: readonly KpiVerdict[];
  /** Over how long it was measured, up to that moment. */
  readonly window_seconds?: number;
};

/**
 * - `shifting`: the target is being told the weight of a step.
 * - `soaking`: the candidate has its share of the traffic and is measured.
 * - `asking`: the step stays inconclusive, and people have to decide.
 * - `awaiting_promotion`: the steps have passed, and people have to approve.
 * - `rolling_back`: the target is being told to send everything to the baseline.
 * - `promoted`, `rolled_back`: over.
 * - `rollback_failed`: over, and the target may still send traffic to the candidate.
 */
export type CanaryPhase =
  | 'shifting'
  | 'soaking'
  | 'asking'
  | 'awaiting_promotion'
  | 'rolling_back'
  | 'promoted'
  | 'rolled_back'
  | 'rollback_failed';

/** Why a canary ended as it did, and by whose doing. `who` is a person's name. */
export type CanaryDecision = {
  readonly decision: 'promote' | 'roll_back';
  readonly by: 'kpis' | 'people' | 'timeout' | 'cancellation' | 'target' | 'policy';
  readonly who: string | null;
  readonly reason: string;
  readonly at: string;
};

export type StepReport = {
  readonly weight: number;
  readonly status: 'running' | 'passed' | 'failed' | 'left';
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly counts: Readonly<Record<Verdict, number>>;
  /** The first and the last ones; `left_out` says how many in between are not kept. */
  readonly evaluations: readonly Evaluation[];
  readonly left_out: number;
};

/** A pause keeps the weights and goes on measuring; no step ends and nothing is promoted. */
export type CanaryPause = Paused & { readonly of: 'canary' | 'run' };

/** What people are asked. */
export type CanaryQuestion = {
  readonly about: 'inconclusive' | 'promotion';
  readonly message: string;
  readonly since: string;
  readonly times_out_at: string | null;
};

/** How a canary stands; part of its stage's result from the moment it begins. */
export type CanaryView = {
  readonly workflow_id: string;
  readonly service: string;
  readonly baseline: string;
  readonly candidate: string;
  readonly phase: CanaryPhase;
  /** From 1. */
  readonly step: number;
  readonly steps: number;
  /** The candidate's share of the traffic; null before the target was told one, and when nobody knows. */
  readonly weight: number | null;
  /** How much of the step's soak is left. */
  readonly soak_left_ms: number;
  readonly waits_for: string;
  readonly question: CanaryQuestion | null;
  readonly paused: CanaryPause | null;
  readonly last: Evaluation | null;
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly decision: CanaryDecision | null;
};

/** The output of a canary stage. */
export type CanaryReport = Omit<CanaryView, 'steps' | 'step' | 'soak_left_ms' | 'waits_for'> & {
  readonly started_at: string;
  readonly ended_at: string | null;
  /** By version, in percent; null when nobody knows. */
  readonly weights: Readonly<Record<string, number>> | null;
  readonly steps: readonly StepReport[];
  /** What people did, oldest first. */
  readonly notes: readonly string[];
};

/** An activity with its argument, ready to be scheduled. */
export type CanaryCall = { readonly type: string; readonly task: StageTask };

/** The only argument of the `canary` workflow: every expression has been resolved by its run. */
export type CanaryInput = {
  /** Told of what happens. */
  readonly run: { readonly workflow_id: string; readonly stage: string };
  readonly service: string;
  readonly baseline: string;
  readonly candidate: string;
  readonly steps: readonly CanaryStep[];
  readonly rules: CanaryRules;
  readonly kpis: readonly KpiRule[];
  readonly people: CanaryPeople;
  /** Tells the target a weight of the candidate, by that weight: 0 and those of the steps. */
  readonly shift: Readonly<Record<string, CanaryCall>>;
  readonly measure: CanaryCall;
  /** Measures over other windows, by their seconds; absent where no KPI asks for samples. */
  readonly measures?: Readonly<Record<string, CanaryCall>>;
  /** For how long a target is asked again that refuses the way back. @default not at all */
  readonly roll_back_for_ms?: number;
  readonly worker: { readonly task_queue: string | null; readonly priority: number | null };
  readonly carried?: CarriedCanary;
  /** Given by tests only. @default 4000 */
  readonly continue_at_events?: number;
};

export type CanaryPeople = {
  readonly approvers: readonly string[];
  readonly timeout_ms: number | null;
  readonly on_timeout: 'rollback' | 'promote';
  /** They decide by approving the stage, because one message is not enough or must be signed. */
  readonly by_approval_only: boolean;
};

/** How often the target refused to send everything to the baseline, why, and when it is asked again. */
export type WayBack = { readonly refusals: number; readonly reason: string; readonly next_at: number };

/** What of a canary goes along into a new history. Times are milliseconds since the epoch. */
export type CarriedCanary = {
  readonly started_at: number;
  readonly phase: CanaryPhase;
  readonly step: number;
  readonly weight: number | null;
  readonly was_touched: boolean;
  readonly soak_left_ms: number;
  readonly soaking_since: number | null;
  readonly next_evaluation_at: number | null;
  /** When to look before the next evaluation. */
  readonly next_look_at?: number | null;
  /** The window of the step's evaluations, where it is another than the usual one. */
  readonly window_seconds?: number | null;
  readonly way_back?: WayBack | null;
  readonly inconclusive_since: number | null;
  readonly question: CanaryQuestion | null;
  readonly decision: CanaryDecision | null;
  /** A person promoted it before its steps had passed: all traffic at once, and no soak. */
  readonly at_once: boolean;
  readonly paused: Paused | null;
  readonly run_paused: Paused | null;
  readonly steps: readonly StepReport[];
  readonly notes: readonly string[];
};
