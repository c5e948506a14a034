import type { Json, JsonObject } from '../shared/json.js';
import type { StageError } from './result.js';

/** Who steers a run, and why: a part of every message. */
export type Steer = { readonly by: string; readonly reason?: string | null };

/** A run that starts no more stages until it is unpaused. */
export type Paused = { readonly by: string; readonly at: string; readonly reason: string | null };

/**
 * What a person changed about a run while it ran, oldest first. `what` names it: `paused`, `cancelled`,
 * `variables.NAME`, `max_parallel_stages`, `deadline`, `failure`, `stages.ID.params`, `stages.ID.retry`,
 * `stages.ID.timeout`.
 */
export type Amendment = {
  readonly by: string;
  readonly at: string;
  readonly reason: string | null;
  readonly what: string;
  readonly before: Json;
  readonly after: Json;
};

/**
 * - `deadline_near`: it did not end by the time at which people are warned.
 * - `deadline_at_risk`: what is left is expected to take longer than there is time.
 * - `deadline_missed`: it did not end in time; it goes on.
 */
export type AlarmKind = 'deadline_near' | 'deadline_at_risk' | 'deadline_missed';

/** What people should know while the run goes on. `stage` is null for the run as a whole. */
export type Alarm = {
  readonly kind: AlarmKind;
  readonly stage: string | null;
  readonly at: string;
  readonly deadline: string;
  readonly message: string;
};

/** What became of a held stage. `by` is null when its timeout decided. */
export type StageDecision = {
  readonly decision: 'retry' | 'skip' | 'fail';
  readonly by: string | null;
  readonly at: string;
  readonly reason: string | null;
  /** Attempts made before it, and what the last one ended with. */
  readonly attempts: number;
  readonly error: StageError | null;
  /** Params that replaced those of the definition. */
  readonly params?: JsonObject;
};

/**
 * A stage that waits for a person when the run goes on in a new history: its status, and what whoever reopens the wait
 * needs.
 */
export type OpenStage = {
  readonly id: string;
  readonly status: 'held' | 'awaiting_approval';
  readonly started_at: string;
  readonly wait: Json;
};
