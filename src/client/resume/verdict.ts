import type { Plan } from '../../engine/plan.js';
import type { RunStatus, StageResult } from '../../engine/result.js';
import type { JsonObject } from '../../shared/json.js';
import type { RunFacts } from '../../shared/task.js';

/**
 * What becomes of a stage in a run that is made from an earlier one:
 * - `reuse`: its result is taken over.
 * - `run`: it runs, as in any run: a condition or `run_when` may still skip it when its turn comes.
 * - `skip`: it is known that it will not run.
 */
export type ResumeVerdict = 'reuse' | 'run' | 'skip';

/**
 * Why. For `reuse`: `unchanged`. For `skip` what {@link StageResult.skip_reason} says. For `run`:
 * - `asked`: it is the stage to begin with.
 * - `new`: the earlier run did not have it.
 * - `never_ran`: it did not start, was skipped, or had not ended.
 * - `failed`, `timed_out`, `cancelled`: how it ended.
 * - `fell_back`: it failed, and a fallback gave its output.
 * - `undone`: its effect was taken back.
 * - `version`: its stage function has another version now.
 * - `definition`: what it does was changed.
 * - `inputs`: what it does is the same, with other values.
 * - `upstream`: something it depends on runs, or is skipped now.
 * - `state`: it reads shared state that a stage which runs may change.
 * - `items`: some items of its fan-out did not succeed, and only those run.
 * - `lost`: its output can no longer be read.
 */
export type ResumeReason =
  | 'unchanged'
  | 'asked'
  | 'new'
  | 'never_ran'
  | 'failed'
  | 'timed_out'
  | 'cancelled'
  | 'fell_back'
  | 'undone'
  | 'version'
  | 'definition'
  | 'inputs'
  | 'upstream'
  | 'state'
  | 'items'
  | 'lost'
  | 'disabled'
  | 'mode'
  | 'condition';

/** `detail` is one clause for people, without a full stop. */
export type StageVerdict = {
  readonly verdict: ResumeVerdict;
  readonly reason: ResumeReason;
  readonly detail: string;
  /** Only of a fan-out that goes on: how many items are taken over, and how many run; null while nobody knows. */
  readonly items?: { readonly reuse: number; readonly run: number | null };
};

/** A run as far as it came, with all that made it. */
export type EarlierRun = {
  readonly workflow_id: string;
  readonly run_id: string;
  readonly status: RunStatus['status'];
  readonly plan: Plan;
  readonly inputs: JsonObject;
  /** Public keys of approvers whose decisions had to be signed. */
  readonly approvalKeys?: Readonly<Record<string, string>>;
  readonly variables: JsonObject;
  readonly mode: string | null;
  /** True when `requires` was overridden by a person. */
  readonly forced: boolean;
  readonly facts: RunFacts;
  readonly stages: Readonly<Record<string, StageResult>>;
  readonly result: { readonly outputs: JsonObject; readonly duration_ms: number };
  /** Stages that ended, in the order in which they did. */
  readonly order: readonly string[];
  /** Stages whose effect was taken back when the run did not succeed. */
  readonly undone: ReadonlySet<string>;
  /** Stages whose effect is still there although the run that executed them, and all since, did not succeed. */
  readonly leftOver: ReadonlySet<string>;
  /** What people changed while the run went on: variables by name, and params by stage. */
  readonly amended: { readonly variables: ReadonlySet<string>; readonly params: ReadonlySet<string> };
};

/** What the new run is given. */
export type NextRun = {
  readonly plan: Plan;
  readonly inputs: JsonObject;
  readonly variables: JsonObject;
  readonly mode: string | null;
};
