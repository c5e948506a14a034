import { type Client, WorkflowFailedError, type WorkflowExecutionDescription } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { BackfillInput, BackfillReport } from '../../engine/backfill.js';
import { backfillRows, type PartitionRow } from '../../engine/backfill-rows.js';
import { backfillStatusQuery } from '../../workflows/backfill/messages.js';
import { isNoAnswer } from '../grpc-errors.js';
import { readWorkflowInput } from '../resume/read-run-input.js';
import type { RunReference } from '../find-run.js';
import { hasWorker } from '../task-queue.js';
import { partitionRuns } from './partition-states.js';
import { reportFromRuns } from './report-from-runs.js';

const QUERY_TIMEOUT_MS = 10_000;

/** How a backfill stands, with its table. */
export type BackfillStatus = Omit<BackfillReport, 'book'> & {
  readonly timezone: string;
  readonly step: string;
  readonly partitions: readonly PartitionRow[];
};

/** One backfill: to see how it stands. It is steered as a run is. Holds nothing open. */
export class BackfillHandle {
  readonly workflowId: string;
  readonly runId: string;
  readonly #client: Client;
  #input: Promise<BackfillInput> | null = null;

  constructor(client: Client, { workflowId, runId }: RunReference) {
    this.#client = client;
    this.workflowId = workflowId;
    this.runId = runId;
  }

  /** Temporal's description of the latest execution. */
  async describe(): Promise<WorkflowExecutionDescription> {
    const { workflow } = this.#client;
    const latest = await workflow.getHandle(this.workflowId).describe();
    const first = latest.raw.workflowExecutionInfo?.firstRunId;
    if (latest.runId === this.runId || first === this.runId) return latest;
    return workflow.getHandle(this.workflowId, this.runId).describe();
  }

  /** How it stands, with one row for each partition. */
  async status(): Promise<BackfillStatus> {
    const [{ book, ...report }, input] = await Promise.all([
      this.report({ partitions: true }),
      this.#readInput(),
    ]);
    const { timezone, step, letters } = input;
    const partitions = backfillRows(input, book ?? { letters, runs: [], errors: [] });
    return { ...report, timezone, step, partitions };
  }

  /** How it stands. Where no worker answers it is told by what Temporal knows of the partitions' runs. */
  async report(options: { readonly partitions?: boolean } = {}): Promise<BackfillReport> {
    const description = await this.describe();
    const isOpen = description.closeTime === undefined;
    if (!isOpen) {
      const report = await this.#ownReport(description);
      if (report !== null) return report;
    }
    if (isOpen && (await hasWorker(this.#client, description.taskQueue))) {
      const report = await this.#ask(description, options);
      if (report !== null) return report;
    }
    return this.#fromRuns(description);
  }

  /** Cancels it and the partitions that run. */
  async cancel(): Promise<void> {
    await this.#client.workflow.getHandle(this.workflowId).cancel();
  }

  /** Waits for the end. */
  async ended(): Promise<BackfillReport> {
    const handle = this.#client.workflow.getHandle(this.workflowId, this.runId);
    await handle.result().catch((error: unknown) => {
      if (!(error instanceof WorkflowFailedError)) throw error;
    });
    return this.report({ partitions: true });
  }

  /** What it ended with; null where it was cancelled or ended by force. */
  async #ownReport({ status, runId }: WorkflowExecutionDescription): Promise<BackfillReport | null> {
    if (status.name !== 'COMPLETED' && status.name !== 'FAILED') return null;
    try {
      return (await this.#client.workflow.getHandle(this.workflowId, runId).result()) as BackfillReport;
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      const [report] = error.cause instanceof ApplicationFailure ? (error.cause.details ?? []) : [];
      return isReport(report) ? report : null;
    }
  }

  async #ask(
    { runId }: WorkflowExecutionDescription,
    options: { readonly partitions?: boolean },
  ): Promise<BackfillReport | null> {
    const handle = this.#client.workflow.getHandle(this.workflowId, runId);
    try {
      return await this.#client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, () =>
        handle.query(backfillStatusQuery, options),
      );
    } catch (error) {
      if (isNoAnswer(error)) return null;
      throw error;
    }
  }

  async #fromRuns(description: WorkflowExecutionDescription): Promise<BackfillReport> {
    const input = await this.#readInput();
    const runs = await partitionRuns(this.#client, input.id_prefix);
    return reportFromRuns(input, runs, { workflowId: this.workflowId, runId: this.runId, description });
  }

  #readInput(): Promise<BackfillInput> {
    this.#input ??= readWorkflowInput(this.#client, this).then(({ input }) => input as BackfillInput);
    return this.#input;
  }
}

function isReport(value: unknown): value is BackfillReport {
  return typeof value === 'object' && value !== null && 'backfill_id' in value && 'counts' in value;
}
