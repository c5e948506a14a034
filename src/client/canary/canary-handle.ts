import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { CanaryReport, CanaryView } from '../../engine/canary.js';
import type { StageResult } from '../../engine/result.js';
import type { Steer } from '../../engine/steering.js';
import {
  abortUpdate,
  canaryStatusQuery,
  type CanaryStatus,
  pauseCanaryUpdate,
  type PromoteMessage,
  promoteUpdate,
  resumeUpdate,
} from '../../workflows/canary/messages.js';
import { ClientError } from '../client-error.js';
import { isNoAnswer } from '../grpc-errors.js';
import { updateRun } from '../update-run.js';

export type { CanaryStatus, PromoteMessage };

const QUERY_TIMEOUT_MS = 10_000;

/** The canary of one stage of a run: to see how it stands, and to steer it while it goes on. */
export class CanaryHandle {
  readonly workflowId: string;
  readonly stage: string;
  readonly #client: Client;
  readonly #result: StageResult;
  readonly #view: CanaryView;

  constructor(client: Client, stage: string, result: StageResult & { readonly canary: CanaryView }) {
    this.#client = client;
    this.#result = result;
    this.#view = result.canary;
    this.stage = stage;
    this.workflowId = result.canary.workflow_id;
  }

  /** How it stands. Throws `no_answer` when no worker answers for one that goes on. */
  async status(): Promise<CanaryStatus> {
    // The service may have another canary by now, under the same ID.
    if (this.#hasEnded) return this.#last();
    try {
      return await this.#client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, () =>
        this.#client.workflow.getHandle(this.workflowId).query(canaryStatusQuery),
      );
    } catch (error) {
      if (!isNoAnswer(error)) throw error;
      throw new ClientError('no_answer', `No worker answers for the canary "${this.workflowId}".`, {
        hint: 'Start one with: sluice worker. The canary itself goes on with it.',
        cause: error,
      });
    }
  }

  /** Sends all traffic to the candidate, or takes the present step as passed. Throws `refused` in the canary's words. */
  promote(message: PromoteMessage): Promise<CanaryView> {
    return this.#tell(promoteUpdate, message);
  }

  /** Sends all traffic to the baseline. */
  abort(who: Steer): Promise<CanaryView> {
    return this.#tell(abortUpdate, who);
  }

  /** Keeps the weights until it is resumed; a breach is rolled back all the same. */
  pause(who: Steer): Promise<CanaryView> {
    return this.#tell(pauseCanaryUpdate, who);
  }

  /** Goes on after a pause, or measures a step again that people are asked about. */
  resume(who: Steer): Promise<CanaryView> {
    return this.#tell(resumeUpdate, who);
  }

  get #hasEnded(): boolean {
    return this.#result.ended_at !== null;
  }

  async #tell<M>(update: Parameters<typeof updateRun<CanaryView, M>>[1], message: M): Promise<CanaryView> {
    if (this.#hasEnded) throw this.#over();
    try {
      const { runId, taskQueue } = await this.#client.workflow.getHandle(this.workflowId).describe();
      const run = { client: this.#client, workflowId: this.workflowId, runId, taskQueue };
      return await updateRun(run, update, message);
    } catch (error) {
      throw error instanceof WorkflowNotFoundError ? this.#over(error) : error;
    }
  }

  #over(cause?: unknown): ClientError {
    const how = this.#view.decision?.reason ?? this.#result.status;
    return new ClientError('run_ended', `The canary of stage "${this.stage}" is over: ${how}.`, { cause });
  }

  /** What the stage of a canary that ended keeps of it; of a cancelled one that is not every evaluation. */
  #last(): CanaryStatus {
    const { output, started_at, ended_at } = this.#result;
    const { steps: _count, step, soak_left_ms, waits_for, ...view } = this.#view;
    const { baseline, candidate, weight } = view;
    const report: CanaryReport = {
      ...view,
      started_at: started_at ?? '',
      ended_at,
      weights: weight === null ? null : { [baseline]: 100 - weight, [candidate]: weight },
      steps: [],
      notes: [],
      ...(output as Partial<CanaryReport> | null),
    };
    return { ...report, step, soak_left_ms, waits_for };
  }
}
