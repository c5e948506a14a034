import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure, type UpdateDefinition } from '@temporalio/common';
import type { Decision } from '../engine/approval.js';
import { suggest } from '../definition/suggest.js';
import type { Amendment, Steer } from '../engine/steering.js';
import { isJsonObject, type Json } from '../shared/json.js';
import {
  type AmendMessage,
  type AmendRunMessage,
  amendRunUpdate,
  amendUpdate,
  type ApprovalAnswer,
  approveUpdate,
  rejectUpdate,
  type AmendStageMessage,
  amendStageUpdate,
  failStageUpdate,
  type HeldStageMessage,
  pauseUpdate,
  type RetryStageMessage,
  retryStageUpdate,
  setVariableUpdate,
  type SkipStageMessage,
  skipStageUpdate,
  unpauseUpdate,
} from '../workflows/messages.js';
import type { RunStatus } from '../engine/result.js';
import { findCanary } from './canary/find-canary.js';
import type { CanaryHandle } from './canary/canary-handle.js';
import type { ApprovalKeys } from './approvals/approval-keys.js';
import { type DecisionOptions, signedMessage } from './approvals/decision.js';
import { awaitedApprovals } from './approvals/list-approvals.js';
import { ClientError } from './client-error.js';
import { runEnded } from './run-ended.js';
import { updateRun } from './update-run.js';

export type {
  AmendMessage,
  AmendRunMessage,
  AmendStageMessage,
  HeldStageMessage,
  RetryStageMessage,
  SkipStageMessage,
  Steer,
};

/** The part of a run that steering needs. */
type SteeredRun = {
  readonly workflowId: string;
  /** The run's first execution. */
  readonly runId: string;
  describe(): Promise<WorkflowExecutionDescription>;
  status(): Promise<RunStatus>;
};

/**
 * What people may do to a run that goes on. Every call says who and why, and resolves once the run did it. Throws
 * `refused` in the run's words, and nothing has changed then; `run_ended`; `no_worker` when nobody answers for the run.
 */
export class RunSteering {
  readonly #client: Client;
  readonly #run: SteeredRun;

  readonly #approvalKeys: ApprovalKeys | undefined;

  /** `approvalKeys` are the secrets that sign decisions. */
  constructor(client: Client, run: SteeredRun, approvalKeys?: ApprovalKeys) {
    this.#approvalKeys = approvalKeys;
    this.#client = client;
    this.#run = run;
  }

  /** Decides about a stage that waits for approval. */
  async decide(decision: Decision, options: DecisionOptions): Promise<ApprovalAnswer> {
    const { memo } = await this.#run.describe();
    const message = signedMessage(decision, options, {
      runId: this.#run.runId,
      keys: this.#approvalKeys,
      waiting: awaitedApprovals(memo).map(([stage]) => stage),
    });
    return this.#tell(decision === 'approve' ? approveUpdate : rejectUpdate, message);
  }

  /** The canary of a stage; where it is left out, the one that goes on. Throws `canary_not_found`. */
  async canary(stage?: string): Promise<CanaryHandle> {
    return findCanary(this.#client, await this.#run.status(), stage);
  }

  /** Starts no more stages; what runs goes on. */
  async pause(who: Steer): Promise<void> {
    await this.#tell(pauseUpdate, who);
  }

  /** Lets a paused run go on. */
  async unpause(who: Steer): Promise<void> {
    await this.#tell(unpauseUpdate, who);
  }

  /** Runs a held stage again, with other params perhaps. */
  async retryStage(message: RetryStageMessage): Promise<void> {
    await this.#tell(retryStageUpdate, message);
  }

  /** Skips a held stage; dependents see the output that is given. */
  async skipStage(message: SkipStageMessage): Promise<void> {
    await this.#tell(skipStageUpdate, message);
  }

  /** Lets a held stage fail. */
  async failStage(message: HeldStageMessage): Promise<void> {
    await this.#tell(failStageUpdate, message);
  }

  /** Changes a variable for the stages that have not started. */
  async setVariable(message: Steer & { readonly name: string; readonly value: Json }): Promise<void> {
    await this.#tell(setVariableUpdate, message);
  }

  /** Changes params, retry settings or the timeout of a stage that has not started or is held. */
  async amendStage(message: AmendStageMessage): Promise<void> {
    await this.#tell(amendStageUpdate, message);
  }

  /** Makes several changes: all of them, or none. Gives what each was and is. */
  async amendTogether(message: AmendMessage): Promise<readonly Amendment[]> {
    return this.#tell(amendUpdate, message);
  }

  /** Changes the run's own limits. */
  async amend(message: AmendRunMessage): Promise<void> {
    await this.#tell(amendRunUpdate, message);
  }

  async #tell<R, M>(update: UpdateDefinition<R, [M]>, message: M): Promise<R> {
    const { workflowId } = this.#run;
    const { runId, taskQueue, closeTime } = await this.#run.describe();
    if (closeTime !== undefined) throw runEnded(workflowId);
    try {
      return await updateRun({ client: this.#client, workflowId, runId, taskQueue }, update, message);
    } catch (error) {
      throw error instanceof WorkflowNotFoundError ? runEnded(workflowId, error) : withSuggestion(error);
    }
  }
}

/** A refusal because of an unknown name tells which names there are; the nearest one was probably meant. */
function withSuggestion(error: unknown): unknown {
  if (!(error instanceof ClientError) || !(error.cause instanceof ApplicationFailure)) return error;
  const unknown: unknown = error.cause.details?.[0];
  if (!isJsonObject(unknown)) return error;
  const { what, given, known } = unknown;
  if (typeof given !== 'string' || !Array.isArray(known)) return error;
  const meant = suggest(
    given,
    known.map((name) => String(name)),
  );
  const hint = meant === null ? {} : { hint: `Did you mean "${meant}"?` };
  const code = what === 'stage' ? 'unknown_stage' : 'refused';
  return new ClientError(code, error.message, { ...hint, cause: error.cause });
}
