import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { FailurePolicy, RetryPlan } from '../engine/plan.js';
import type { RunStatus } from '../engine/result.js';
import type { Amendment, Steer } from '../engine/steering.js';
import type { Json, JsonObject } from '../shared/json.js';

/**
 * `outputs: false` leaves stage outputs out, for watchers that only draw progress. `since`, an instant, leaves out the
 * stages that neither started nor ended from then on, so that watching a run of thousands costs little.
 */
export type StatusOptions = { readonly outputs?: boolean; readonly since?: string };

/** The state of a run, at any time, also after its end. */
export const statusQuery = defineQuery<RunStatus, [StatusOptions?]>('status');

/** Lets running stages end and starts no more; the run ends as cancelled. */
export const cancelAfterWaveSignal = defineSignal('cancel_after_wave');

/** Cancels the run; unlike Temporal's own cancellation it says who did it and why. */
export const cancelSignal = defineSignal<[CancelMessage]>('cancel');

export type CancelMessage = Steer & {
  /** Lets running stages end first. @default false */
  readonly after_wave?: boolean;
};

/** Starts no more stages; what runs goes on. */
export const pauseUpdate = defineUpdate<void, [Steer]>('pause');
export const pauseSignal = defineSignal<[Steer]>('pause');

/** Lets a paused run go on. */
export const unpauseUpdate = defineUpdate<void, [Steer]>('unpause');
export const unpauseSignal = defineSignal<[Steer]>('unpause');

/** Runs a held stage again, with params that replace some of its own perhaps. */
export const retryStageUpdate = defineUpdate<void, [RetryStageMessage]>('retry_stage');

/** `item` is the position of a held item of a map, from 0. */
export type HeldStageMessage = Steer & { readonly stage: string; readonly item?: number };

export type RetryStageMessage = HeldStageMessage & { readonly params?: JsonObject };

/** Skips a held stage; what depends on it sees the output that is given here, or null. */
export const skipStageUpdate = defineUpdate<void, [SkipStageMessage]>('skip_stage');

export type SkipStageMessage = HeldStageMessage & { readonly output?: Json };

/** Lets a held stage fail. */
export const failStageUpdate = defineUpdate<void, [HeldStageMessage]>('fail_stage');

/** Changes a variable for every stage that has not started. */
export const setVariableUpdate = defineUpdate<void, [SetVariableMessage]>('set_variable');

export type SetVariableMessage = Steer & { readonly name: string; readonly value: Json };

/** Changes a stage that has not started, or that is held. */
export const amendStageUpdate = defineUpdate<void, [AmendStageMessage]>('amend_stage');

export type AmendStageMessage = Steer & {
  readonly stage: string;
  /** Values that replace params of its own. */
  readonly params?: JsonObject;
  readonly retry?: Partial<RetryPlan>;
  readonly timeout_ms?: number;
};

/** Changes the settings of the whole run. */
export const amendRunUpdate = defineUpdate<void, [AmendRunMessage]>('amend_run');

export type AmendRunMessage = Steer & {
  /** Null is no limit. */
  readonly max_parallel_stages?: number | null;
  /** From the start of the run. */
  readonly deadline_ms?: number;
  /** ISO 8601 with its zone, in place of `deadline_ms`. */
  readonly deadline_at?: string;
  readonly failure?: FailurePolicy;
};

/** Makes several changes at once: all of them, or none where one of them is refused. */
export const amendUpdate = defineUpdate<readonly Amendment[], [AmendMessage]>('amend');

export type AmendMessage = Steer & {
  readonly variables?: JsonObject;
  /** By stage. */
  readonly stages?: Readonly<Record<string, Omit<AmendStageMessage, keyof Steer | 'stage'>>>;
  readonly run?: Omit<AmendRunMessage, keyof Steer>;
};

/** A person's decision about an approval: the argument of `approve` and `reject`, as update and as signal. */
export type ApprovalMessage = {
  /** May be left out where exactly one stage waits for approval. */
  readonly stage?: string;
  /** Who decides. */
  readonly as: string;
  /** A rejection needs one. */
  readonly comment?: string | null;
  /** Values for the fields of the approval. */
  readonly fields?: JsonObject;
  /** The Ed25519 signature in hexadecimal, where the run was started with approval keys. */
  readonly signature?: string;
};

/** How the stage stands after a decision. */
export type ApprovalAnswer = {
  readonly stage: string;
  readonly status: 'awaiting_approval' | 'succeeded' | 'failed';
  readonly approvals: number;
  readonly required: number;
};

export const approveUpdate = defineUpdate<ApprovalAnswer, [ApprovalMessage]>('approve');
export const rejectUpdate = defineUpdate<ApprovalAnswer, [ApprovalMessage]>('reject');

/** What an update would refuse is recorded in the run's notes and changes nothing. */
export const approveSignal = defineSignal<[ApprovalMessage]>('approve');
export const rejectSignal = defineSignal<[ApprovalMessage]>('reject');
