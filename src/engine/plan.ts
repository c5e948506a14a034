import type { Json, JsonObject } from '../shared/json.js';
import type { RequiredRun } from '../shared/requirement-check.js';
import type { AlertRule } from './alert-rule.js';
import type { CanaryPlan } from './canary-plan.js';
import type { MapPlan } from './map-plan.js';
import type { SchedulePlan } from './schedule-plan.js';
import type {
  ApprovalPlan,
  CachePlan,
  FallbackPlan,
  HoldPlan,
  ItemRef,
  PoolSpec,
  PoolUse,
  UndoPlan,
} from './stage-extras.js';

/**
 * A validated definition with every default filled in: plain JSON, and all that a run needs. Durations are
 * milliseconds. Strings inside a {@link Template} may hold `${{ CEL }}`; `condition` and `assert` are bare CEL.
 */
export type Plan = {
  readonly pipeline: string;
  readonly version: string;
  readonly description?: string;
  readonly author?: string;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** Values fixed at load, environment already expanded. */
  readonly variables: JsonObject;
  readonly secrets: readonly string[];
  readonly scheduling: Scheduling;
  readonly failure: FailurePolicy;
  readonly max_parallel_stages: number | null;
  readonly timeout_ms: number | null;
  /** Time from the start of the run after which people are alarmed; the run goes on. */
  readonly deadline_ms: number | null;
  /** How long before the deadline people are warned. @default a fifth of it */
  readonly deadline_warn_ms?: number;
  /** The deadline as an instant, in place of `deadline_ms`. */
  readonly deadline_at?: string | null;
  /** Pools that stages name, as they were configured when the plan was made. */
  readonly pools: Readonly<Record<string, PoolSpec>>;
  /** Of its runs, 1 to 5; absent is Temporal's default of 3. */
  readonly priority?: number;
  readonly fairness?: Fairness;
  readonly requires: readonly Requirement[];
  /** Datasets that a success of it provides; absent where there are none. */
  readonly provides?: readonly string[];
  /** How old its data may get before people are told; absent when nobody said. */
  readonly freshness?: { readonly max_age_ms: number };
  readonly concurrency: Concurrency | null;
  /** Absent where there are none. */
  readonly alerts?: readonly AlertRule[];
  readonly modes: Readonly<Record<string, Mode>>;
  /** When runs start by themselves; absent where none do, and in the input of a run. */
  readonly schedules?: readonly SchedulePlan[];
  /** In the order of the file. */
  readonly stages: readonly StagePlan[];
  readonly hooks: Readonly<Record<HookName, readonly StagePlan[]>>;
  readonly outputs: Readonly<Record<string, Template>>;
  /** Plans of child pipelines by the key that `pipeline` stages name; only the outermost plan holds any. */
  readonly pipelines: Readonly<Record<string, Plan>>;
};

/** How runs share busy workers. `key` may hold inputs and variables; null is the pipeline, a null weight is 1. */
export type Fairness = { readonly key: string | null; readonly weight: number | null };

/** JSON whose strings may hold `${{ CEL }}`. A string that is one whole `${{ }}` keeps the value's type. */
export type Template = Json;

/**
 * - `dataflow`: a stage starts as soon as what it depends on has ended.
 * - `strict`: a level starts when the whole level before it has ended.
 */
export type Scheduling = 'dataflow' | 'strict';

/**
 * - `fail_fast`: after the first failure start no more stages and cancel the running ones.
 * - `continue`: run everything that can still run.
 */
export type FailurePolicy = 'fail_fast' | 'continue';

/**
 * When a stage runs, looking at how its dependencies ended:
 * - `all_succeeded`: none failed or was cancelled (skipped by choice counts as done).
 * - `all_done`: all ended, whatever the outcome.
 * - `any_succeeded`: at least one succeeded.
 * - `any_failed`: at least one failed or timed out.
 * - `always`: like `all_done`, and also after the run was cancelled or timed out.
 *
 * After a failure under `fail_fast`, `any_failed`, `all_done` and `always` still run.
 */
export type RunWhen = 'all_succeeded' | 'all_done' | 'any_succeeded' | 'any_failed' | 'always';

export type HookName = 'on_success' | 'on_failure' | 'finally';

/** A named selection of stages with values that override variables. `stages: null` selects all. */
export type Mode = { readonly stages: readonly string[] | null; readonly variables: JsonObject };

/** What must have run before a run may start. */
export type Requirement = RequiredRun;

/**
 * At most one run of a group at a time. A run that meets another one:
 * - `reject`: fails at once.
 * - `queue`: waits for it to end.
 * - `cancel_running`: cancels it, then goes on.
 */
export type Concurrency = {
  readonly group: string;
  readonly on_conflict: 'reject' | 'queue' | 'cancel_running';
};

export type InputType = 'string' | 'integer' | 'number' | 'boolean' | 'date' | 'list' | 'object';

/** What a run must be given. The limits mean what they mean in JSON Schema. */
export type InputSpec = {
  readonly type: InputType;
  readonly required: boolean;
  readonly default?: Json;
  readonly description?: string;
  readonly enum?: readonly Json[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusive_minimum?: number;
  readonly exclusive_maximum?: number;
  readonly multiple_of?: number;
  readonly min_length?: number;
  readonly max_length?: number;
  readonly min_items?: number;
  readonly max_items?: number;
  readonly unique_items?: boolean;
};

export type RetryPlan = {
  /** Attempts in all, the first one included. 0 means without limit. */
  readonly max_attempts: number;
  readonly initial_delay_ms: number;
  readonly backoff: number;
  readonly max_delay_ms: number;
  /** When not empty, only these error types are retried. */
  readonly retryable_errors: readonly string[];
  readonly non_retryable_errors: readonly string[];
};

export type StagePlan = {
  readonly id: string;
  /** Shown to people; the ID where the definition gives none. */
  readonly name: string;
  /** Explicit dependencies first, then those implied by expressions, without repeats. */
  readonly depends_on: readonly string[];
  /** The dependencies that only an expression implies. */
  readonly implied: readonly string[];
  readonly enabled: boolean;
  readonly condition: string | null;
  readonly run_when: RunWhen;
  readonly continue_on_error: boolean;
  /** Limit of one attempt. */
  readonly timeout_ms: number;
  /** Limit of all attempts and the waits between them. */
  readonly total_timeout_ms: number | null;
  /** Limit of the wait for a worker. */
  readonly queue_timeout_ms: number | null;
  readonly heartbeat_timeout_ms: number;
  readonly retry: RetryPlan;
  readonly task_queue: string | null;
  readonly priority: number | null;
  /** `local`: run as a local activity, for functions far shorter than a second. */
  readonly mode: 'activity' | 'local';
  readonly isolation: 'none' | 'thread';
  readonly artifacts: readonly string[];
  readonly map: MapPlan | null;
  readonly cache: CachePlan | null;
  /** Pools of which an attempt holds slots while it runs. */
  readonly pools: readonly PoolUse[];
  readonly fallback: FallbackPlan | null;
  readonly hold: HoldPlan | null;
  readonly undo: UndoPlan | null;
  /** Time from the start of the stage after which people are alarmed; the stage goes on. */
  readonly deadline_ms: number | null;
  /** How long before the deadline people are warned. @default a fifth of it */
  readonly deadline_warn_ms?: number;
  /** The deadline as an instant, in place of `deadline_ms`. */
  readonly deadline_at?: string | null;
  /** Time that code gets to end after it was told to stop, before it is left behind. @default 5 s */
  readonly grace_ms?: number;
  readonly action: StageAction;
  /** Set by the engine on the work of one item of a map; a definition cannot. */
  readonly item?: ItemRef;
};

/** What a stage does; `kind` is the key that the definition used. */
export type StageAction =
  | { readonly kind: 'uses'; readonly uses: string; readonly with: Template }
  | {
      readonly kind: 'run';
      /** A list is executed as it is; a string runs in `sh -e`. */
      readonly command: string | readonly string[];
      readonly env: Readonly<Record<string, Template>>;
      readonly cwd: string | null;
      /** Time between SIGTERM and SIGKILL. */
      readonly grace_ms: number;
    }
  | { readonly kind: 'http'; readonly request: HttpRequestPlan }
  | { readonly kind: 'pipeline'; readonly pipeline: string; readonly with: Template }
  | {
      readonly kind: 'gate';
      readonly checks: ReadonlyArray<{ readonly name: string; readonly assert: string }>;
      /** Share of checks that must hold, 0 to 1; 1 means all. */
      readonly min_pass_rate: number;
    }
  | { readonly kind: 'set'; readonly output: Template; readonly state: Readonly<Record<string, Template>> }
  /** `duration` is milliseconds, or a template that gives a duration when it runs. */
  | { readonly kind: 'sleep'; readonly duration: number | string }
  /** `time` is an ISO 8601 instant, or a template that gives one. */
  | { readonly kind: 'until'; readonly time: string }
  | {
      readonly kind: 'wait_for';
      readonly target: ProbeTarget;
      readonly every_ms: number;
      /** Limit of the whole wait. */
      readonly wait_timeout_ms: number;
    }
  | { readonly kind: 'approval'; readonly approval: ApprovalPlan }
  | { readonly kind: 'canary'; readonly canary: CanaryPlan };

export type StageKind = StageAction['kind'];

/** What `wait_for` polls: true ends the wait. */
export type ProbeTarget =
  /** A stage function; its output is taken as true or false (`{ ready: … }` also counts). */
  | { readonly type: 'uses'; readonly uses: string; readonly with: Template }
  /** A successful run of a pipeline, not older than `max_age_ms`. */
  | { readonly type: 'pipeline'; readonly pipeline: string; readonly max_age_ms: number | null }
  /** A file that exists on the worker. */
  | { readonly type: 'file'; readonly file: Template };

export type HttpRequestPlan = {
  readonly method: string;
  readonly url: Template;
  readonly headers: Readonly<Record<string, Template>>;
  readonly query: Readonly<Record<string, Template>>;
  readonly body?: Template;
  /** Statuses that count as success; empty means 200 to 299. */
  readonly expected_status: readonly number[];
  /** How the body is read: `auto` follows the content type. */
  readonly response: 'auto' | 'json' | 'text';
};
