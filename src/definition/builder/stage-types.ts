import type { z } from 'zod';
import type { FinalStatus, RunEndStatus } from '../../engine/result.js';
import type { Json } from '../../shared/json.js';
import type { ArtifactRef, RunFacts } from '../../shared/task.js';
import type { stageSchema } from '../schema/stage-schema.js';
import type { Bindable, Expr, Ref, Resolved } from './expr.js';

/** A stage of a pipeline that is being built. Reading what it holds in another stage makes that one depend on it. */
export type Stage<O = unknown, C = unknown> = {
  readonly id: string;
  /** Only for the compiler: what it yields. */
  readonly yields?: { readonly chunk: C };
  /** What it gave; null when it was skipped. */
  readonly output: Ref<O>;
  readonly status: Expr<FinalStatus>;
  readonly metrics: Ref<Readonly<Record<string, number>>>;
  /** Null when it did not fail. */
  readonly error: Ref<{ readonly type: string; readonly message: string } | null>;
};

/** A stage whatever it gives. */
type AnyStage = Pick<Stage, 'id' | 'status'>;

/** What the builder needs to know of a stage function; those made with `defineStage` have it. */
export type FunctionLike<
  P extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
  C extends z.ZodType = z.ZodType,
> = {
  readonly name: string;
  readonly params: P;
  readonly output: O;
  readonly chunk?: C;
};

/** A stage function with its params, made by `call`. */
export type Call<O = unknown> = {
  readonly uses: string;
  readonly with: Readonly<Record<string, unknown>>;
  /** Only for the compiler. */
  readonly gives?: { readonly output: O };
};

/** A stage function that gives pages of items, with its params, made by `pages`. */
export type Pages<T = unknown> = {
  readonly uses: string;
  readonly with: Readonly<Record<string, unknown>>;
  /** Only for the compiler. */
  readonly gives?: { readonly item: T };
};

/** `run` in expressions; `status` only in hooks. */
export type RunRef = Ref<Omit<RunFacts, 'partition'> & { readonly status: RunEndStatus }> & {
  /** All null in a run that belongs to no backfill. */
  readonly partition: Ref<{
    readonly start: string;
    readonly end: string;
    readonly key: string;
    readonly index: number;
  }>;
};

/** An expression, CEL as text, or what is known already. */
export type Condition = Expr<boolean> | string | boolean;

type Raw = z.input<typeof stageSchema>;
type Use = Exclude<NonNullable<Raw['pool']>, string | readonly unknown[]>;
type PoolUse = string | (Omit<Use, 'key'> & { readonly key?: Bindable<Json> });
type RunKeys = Pick<Raw, 'cwd' | 'grace'>;

/** What every stage can say. */
export type StageOptions<O> = Pick<
  Raw,
  | 'name'
  | 'description'
  | 'enabled'
  | 'run_when'
  | 'continue_on_error'
  | 'timeout'
  | 'total_timeout'
  | 'queue_timeout'
  | 'heartbeat_timeout'
  | 'retry'
  | 'priority'
  | 'hold_on_failure'
  | 'deadline'
> & {
  readonly depends_on?: AnyStage | readonly AnyStage[];
  readonly condition?: Condition;
  readonly fallback?: Fallback<O>;
  /** Takes back what the stage did, when the run does not succeed. */
  readonly undo?: Undo | ((stage: Stage<O>) => Undo);
};

type Fallback<O> =
  | { readonly last_success: { readonly max_age?: string | number } }
  | { readonly value: Bindable<O> }
  | Call<O>;

type Undo =
  Call | ({ readonly run: Command; readonly env?: Environment } & RunKeys) | { readonly http: HttpRequest };

/** What stages can say that a worker executes. */
export type WorkOptions<O> = StageOptions<O> &
  Pick<Raw, 'task_queue'> & { readonly pool?: PoolUse | readonly PoolUse[] };

export type CachedOptions<O> = WorkOptions<O> & {
  readonly cache?: boolean | { readonly key?: Bindable<Json>; readonly max_age?: string | number };
};

export type UsesOptions<O> = CachedOptions<O> & Pick<Raw, 'grace' | 'isolation' | 'mode' | 'artifacts'>;

export type RunOptions<O> = CachedOptions<O> &
  Pick<Raw, 'artifacts'> &
  RunKeys & { readonly env?: Environment };

/** A text for `sh -e`, which may hold no expressions, or a list that is executed as it is. */
export type Command = string | readonly (string | number | Expr<unknown>)[];
type Environment = Readonly<Record<string, string | number | boolean | Expr<unknown>>>;

type RawHttp = NonNullable<Raw['http']>;

export type HttpRequest = Pick<RawHttp, 'method' | 'expected_status' | 'response'> & {
  readonly url: string | Expr<string>;
  readonly headers?: Environment;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
};

export type HttpOutput<B> = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: B;
};

export type Gate = Pick<NonNullable<Raw['gate']>, 'min_pass_rate'> & {
  readonly checks: ReadonlyArray<{ readonly name: string; readonly assert: Expr<boolean> | string }>;
};

export type GateOutput = {
  readonly passed: boolean;
  readonly pass_rate: number;
  readonly min_pass_rate: number;
  readonly checks: {
    readonly name: string;
    readonly assert: string;
    readonly passed: boolean;
    readonly error: string | null;
  }[];
};

export type Approval<F> = Pick<NonNullable<Raw['approval']>, 'required' | 'timeout' | 'on_timeout'> & {
  readonly message: string | Expr<string>;
  readonly approvers?: Bindable<readonly string[]>;
  readonly evidence?: unknown;
  /** Values that an approver gives, as zod schemas. */
  readonly fields?: F;
};

export type ApprovalOutput = {
  readonly approved: true;
  readonly approvers: string[];
  readonly decisions: unknown[];
  readonly timed_out: boolean;
};

type Waiting = Pick<NonNullable<Raw['wait_for']>, 'every' | 'timeout'>;

export type WaitFor =
  | (Waiting & { readonly file: string | Expr<string> })
  | (Waiting & { readonly pipeline: string; readonly max_age?: string | number })
  | (Waiting & Call);

/** What a `wait_for` found. */
export type Found<W> =
  W extends Call<infer O>
    ? O extends { readonly ready: unknown }
      ? O
      : { readonly ready: boolean; readonly value: O }
    : W extends { readonly file: unknown }
      ? {
          readonly ready: boolean;
          readonly file: string;
          readonly size_bytes: number;
          readonly modified_at: string;
        }
      : {
          readonly ready: boolean;
          readonly workflow_id: string;
          readonly run_id: string;
          readonly ended_at: string;
        };

type RawMap = NonNullable<Raw['map']>;

/** What a map goes over. */
export type Over =
  | Expr<readonly unknown[]>
  | readonly unknown[]
  | { readonly range: number | Expr<number> }
  | Pages
  | { readonly stream: Streaming };

/** A stage whose chunks a map goes over while it runs. */
type Streaming<C = unknown> = { readonly id: string; readonly yields?: { readonly chunk: C } };

export type ItemIn<V> =
  V extends Expr<readonly (infer T)[]>
    ? T
    : V extends { readonly range: unknown }
      ? number
      : V extends { readonly stream: Streaming<infer T> }
        ? T
        : V extends { readonly gives?: { readonly item: infer T } }
          ? T
          : V extends readonly (infer T)[]
            ? Resolved<T>
            : unknown;

/** How a stage goes over items. */
export type EachOptions = Omit<RawMap, 'over'>;

// Lists are mutable: zod's arrays do not take others.

/** What a map makes of what its stage gives for one item, or for a batch. */
export type Collected<M, O> = M extends { readonly collect: 'count' }
  ? { readonly total: number; readonly succeeded: number; readonly failed: number; readonly reused: number }
  : M extends { readonly collect: 'file' }
    ? { readonly file: ArtifactRef; readonly count: number }
    : M extends { readonly on_item_failure: Exclude<RawMap['on_item_failure'], 'fail' | undefined> }
      ? (O | null)[]
      : O[];
