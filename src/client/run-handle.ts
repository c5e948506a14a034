import {
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { RunResult, RunStatus } from '../engine/result.js';
import type { BlobStore } from '../storage/blob-store.js';
import type { LogLine } from '../storage/log-line.js';
import { withLargeOutputs } from '../storage/large-outputs.js';
import {
  type ApprovalAnswer,
  cancelAfterWaveSignal,
  cancelSignal,
  type StatusOptions,
} from '../workflows/messages.js';
import { resultInFailure } from '../worker/result-in-failure.js';
import { abortable } from './abortable.js';
import { askRun, stateOf } from './ask-run.js';
import type { ApprovalKeys } from './approvals/approval-keys.js';
import type { DecisionOptions } from './approvals/decision.js';
import { awaitedItems } from './approvals/list-approvals.js';
import { ClientError } from './client-error.js';
import { bareStatus, type Ending, endingOf, resultFromStatus, statusFromResult } from './ended-run.js';
import type { RunEvent } from './events/run-event.js';
import { type EventsOptions, runEvents } from './events/run-events.js';
import { type LogsOptions, runLogs } from './events/run-logs.js';
import { StageHandle } from './events/stage-handle.js';
import { type ItemsOptions, type StageItems, stageItems } from './items/stage-items.js';
import { byStage, type LiveAttempt, readLiveAttempts } from './live-attempt.js';
import type { WatchEvent, RunSnapshot } from './watch-event.js';
import type { RunReference } from './find-run.js';
import { runEnded } from './run-ended.js';
import { RunSteering } from './run-steering.js';
import { toListItem } from './run-list.js';
import { runUrl } from './ui-link.js';
import { upToNow } from './up-to-now.js';
import { type Explanation, explainRun } from './why/explain-run.js';
import { type WatchOptions, watchRun } from './watch-run.js';

/** What a handle needs of the client that made it. */
export type RunHandleDeps = {
  readonly client: Client;
  /** Where stage logs are read from; without one there are no logs. */
  readonly store?: BlobStore;
  readonly uiUrl?: string;
  /** Secrets that sign decisions. */
  readonly approvalKeys?: ApprovalKeys;
};

export type CancelOptions = {
  /** Lets running stages end first. @default false */
  readonly afterWave?: boolean;
  readonly by?: string;
  readonly reason?: string;
};

/** One run: to watch it, steer it and get its result. Holds nothing open. */
export class RunHandle {
  readonly workflowId: string;
  /** The run's first execution; later ones after continue-as-new belong to it. */
  readonly runId: string;
  readonly #deps: RunHandleDeps;

  constructor(deps: RunHandleDeps, run: RunReference) {
    this.#deps = deps;
    this.workflowId = run.workflowId;
    this.runId = run.runId;
  }

  /** The run's page in the Temporal Web UI; undefined where no Web UI is known. */
  get uiUrl(): string | undefined {
    const { client, uiUrl } = this.#deps;
    return uiUrl === undefined ? undefined : runUrl(uiUrl, client.options.namespace, this);
  }

  /**
   * The run's state now, or how it ended. When no worker answers it is read from the run's history, and a note says so.
   * `outputs: false` leaves stage outputs out.
   */
  async status(options: { readonly outputs?: boolean } = {}): Promise<RunStatus> {
    const description = await this.describe();
    if (description.closeTime !== undefined) return statusFromResult(await this.result(options));
    const [{ status, isFromWorker }, live] = await Promise.all([
      stateOf(this.#deps.client, description, options),
      this.openAttempts(description),
    ]);
    const notes = isFromWorker ? [] : [`No worker answers on task queue "${description.taskQueue}".`];
    if (status === null) return this.#bare(description, notes);
    const known = upToNow(await this.#whole(status, options), live);
    return { ...known, notes: [...known.notes, ...notes] };
  }

  /** The items of a stage with `map`, failed ones with their errors. Throws `unknown_stage` and `no_items`. */
  async items(stage: string, options: ItemsOptions = {}): Promise<StageItems> {
    return stageItems(this.#deps.client, options.status ?? (await this.status()), stage, options);
  }

  /** The attempts of stages that are open now, by stage. */
  async openAttempts(description?: WorkflowExecutionDescription): Promise<ReadonlyMap<string, LiveAttempt>> {
    const { raw } = description ?? (await this.describe());
    return byStage(await readLiveAttempts(this.#deps.client, raw.pendingActivities ?? []));
  }

  /** Asks the run's worker for the state. Throws when none answers in time. */
  async query(options: StatusOptions, description: { readonly runId: string }): Promise<RunStatus> {
    const { workflowId } = this;
    const { runId } = description;
    return this.#whole(await askRun(this.#deps.client, { workflowId, runId }, options), options);
  }

  /**
   * Waits for the end and gives the result, also of a run that failed, was cancelled or terminated. `outputs: false`
   * leaves large outputs in the store, where `output_ref` names them; without a store they always stay there.
   */
  async result(
    options: { readonly signal?: AbortSignal; readonly outputs?: boolean } = {},
  ): Promise<RunResult> {
    return this.#whole(await this.#end(options), options);
  }

  async #whole<T extends RunResult | RunStatus>(result: T, options: StatusOptions): Promise<T> {
    const { store } = this.#deps;
    if (store === undefined || options.outputs === false) return result;
    return withLargeOutputs(store, result);
  }

  async #end(options: { readonly signal?: AbortSignal; readonly outputs?: boolean }): Promise<RunResult> {
    const { client } = this.#deps;
    const wait = (): Promise<RunResult> => client.workflow.getHandle(this.workflowId, this.runId).result();
    try {
      return await abortable(client, options.signal, wait);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) throw this.#gone(error);
      return resultInFailure(error) ?? (await this.#resultWithoutOne(endingOf(error)));
    }
  }

  /**
   * Cancels the run, and notes who did it and why. `afterWave` lets running stages end first. A run that runs its
   * `finally` is not disturbed. Throws `run_ended`.
   */
  async cancel(options: CancelOptions = {}): Promise<void> {
    const { afterWave = false, by, reason = null } = options;
    await this.#steer(async (handle) => {
      if (by !== undefined) await handle.signal(cancelSignal, { by, reason, after_wave: afterWave });
      // Temporal's own cancellation shows in its Web UI, and changes nothing about a run that is cancelled already.
      await (afterWave ? handle.signal(cancelAfterWaveSignal) : handle.cancel());
    });
  }

  /** What people may do to the run while it goes on. */
  get steering(): RunSteering {
    return new RunSteering(this.#deps.client, this, this.#deps.approvalKeys);
  }

  /** Why the run, or one stage of it, is where it is, and when the run should end. Throws `unknown_stage`. */
  async why(stage?: string): Promise<Explanation> {
    return explainRun(this.#deps.client, this, stage);
  }

  /** Approves a stage that waits for approval. Throws `refused` when it does not count, and then nothing has changed. */
  async approve(decision: DecisionOptions): Promise<ApprovalAnswer> {
    return this.steering.decide('approve', decision);
  }

  /** Rejects a stage that waits for approval; that needs a comment. Throws like {@link RunHandle.approve}. */
  async reject(decision: DecisionOptions): Promise<ApprovalAnswer> {
    return this.steering.decide('reject', decision);
  }

  /** Ends the run at once: its stages are not told, and its `finally` does not run. Throws `run_ended`. */
  async terminate(reason?: string): Promise<void> {
    await this.#steer((handle) => handle.terminate(reason));
  }

  /** What happens to the run, from its start or after a cursor: each event once, in order. Throws `bad_cursor`. */
  events(options: EventsOptions = {}): AsyncGenerator<RunEvent, void> {
    return runEvents(this.#deps, this, options);
  }

  /** One stage of the run, for the chunks that it gives. */
  stage(id: string): StageHandle {
    return new StageHandle(this, { id, store: this.#deps.store });
  }

  /** How the run stands from now until it ends, for those who draw it: states rather than events. */
  watch(options: WatchOptions = {}): AsyncGenerator<WatchEvent, void> {
    return watchRun(this, options);
  }

  /** The log lines of the run or of one stage. Empty when the client was given no store. */
  logs(options: LogsOptions = {}): AsyncGenerator<LogLine> {
    return runLogs(this.#deps, this, options);
  }

  /** The state of the run, without outputs, and the attempts that are open. Rejects when nobody answers. */
  async snapshot(
    options: { readonly signal?: AbortSignal; readonly since?: string | null } = {},
  ): Promise<RunSnapshot> {
    return abortable(this.#deps.client, options.signal, () => this.#snapshot(options.since ?? null));
  }

  async #snapshot(since: string | null): Promise<RunSnapshot> {
    const description = await this.describe();
    const [status, live] = await Promise.all([
      this.query({ outputs: false, ...(since === null ? {} : { since }) }, description),
      this.openAttempts(description),
    ]);
    return { status, live, waiting: awaitedItems(description.memo) };
  }

  /** Temporal's description of the run's latest execution. */
  async describe(): Promise<WorkflowExecutionDescription> {
    const { workflow } = this.#deps.client;
    try {
      const latest = await workflow.getHandle(this.workflowId).describe();
      const first = latest.raw.workflowExecutionInfo?.firstRunId;
      if (latest.runId === this.runId || first === this.runId) return latest;
      // The ID was used again since, or this is not the first execution of its run.
      return await workflow.getHandle(this.workflowId, this.runId).describe();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) throw this.#gone(error);
      throw error;
    }
  }

  async #resultWithoutOne(ending: Ending): Promise<RunResult> {
    const description = await this.describe();
    const endedAt = (description.closeTime ?? new Date()).toISOString();
    const { status } = await stateOf(this.#deps.client, description, {});
    return resultFromStatus(status ?? this.#bare(description), ending, endedAt);
  }

  #bare(description: WorkflowExecutionDescription, notes: readonly string[] = []): RunStatus {
    const item = toListItem(description, new Date());
    return bareStatus({
      pipeline: item.pipeline,
      version: item.version ?? '',
      workflow_id: this.workflowId,
      run_id: this.runId,
      mode: modeOf(description),
      status: item.status,
      started_at: item.started_at,
      ended_at: item.ended_at,
      duration_ms: item.duration_ms ?? 0,
      notes,
    });
  }

  async #steer(action: (handle: WorkflowHandle) => Promise<unknown>): Promise<void> {
    const { runId, closeTime } = await this.describe();
    if (closeTime !== undefined) throw runEnded(this.workflowId);
    try {
      await action(this.#deps.client.workflow.getHandle(this.workflowId, runId));
    } catch (error) {
      throw error instanceof WorkflowNotFoundError ? runEnded(this.workflowId, error) : error;
    }
  }

  #gone(cause: unknown): ClientError {
    return new ClientError('run_not_found', `The run "${this.workflowId}" (${this.runId}) does not exist.`, {
      hint: 'It may be older than the namespace keeps runs. See: sluice list',
      cause,
    });
  }
}

function modeOf(description: WorkflowExecutionDescription): string | null {
  const mode = description.memo?.['mode'];
  return typeof mode === 'string' ? mode : null;
}
