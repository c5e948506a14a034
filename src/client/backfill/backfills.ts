import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Plan } from '../../engine/plan.js';
import { BACKFILL_WORKFLOW, backfillWorkflowId } from '../../shared/names.js';
import { ClientError } from '../client-error.js';
import { findRun, type RunReference } from '../find-run.js';
import { admit } from '../requirements.js';
import { newRunKey } from '../run-id.js';
import { type ListedStatus, quote, toListItem } from '../run-list.js';
import { priorityOf } from '../run-priority.js';
import { ensureSearchAttributes, searchAttributesOf } from '../search-attributes.js';
import { isBackfillId } from './backfill-id.js';
import { BackfillHandle } from './backfill-handle.js';
import type { BackfillOptions, BackfillPlan } from './plan-backfill.js';

export type StartBackfillOptions = {
  /** The last part of the workflow ID. @default the time and a random suffix */
  readonly key?: string;
  /** Starts although a requirement of the pipeline is not met; its runs do not ask either. */
  readonly force?: boolean;
  /** Facts to keep beside the backfill, small and without secrets. */
  readonly memo?: Readonly<Record<string, string>>;
};

/** One backfill in a list. */
export type BackfillListItem = {
  readonly backfill_id: string;
  readonly run_id: string;
  readonly pipeline: string;
  readonly status: ListedStatus;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly duration_ms: number | null;
};

/** Backfills of a namespace. */
export class Backfills {
  readonly #client: Client;
  readonly #taskQueue: string;

  constructor(client: Client, taskQueue: string) {
    this.#client = client;
    this.#taskQueue = taskQueue;
  }

  /** Plans a backfill; nothing is started. {@link Backfills.start} does exactly what the plan says. */
  async plan(plan: Plan, options: BackfillOptions): Promise<BackfillPlan> {
    const { planBackfill } = await import('./plan-backfill.js');
    return planBackfill(this.#client, plan, options);
  }

  /** Starts a backfill that was planned. Throws `requirements_not_met`, and `run_exists` while one of that key goes on. */
  async start(planned: BackfillPlan, options: StartBackfillOptions = {}): Promise<BackfillHandle> {
    const { connection, options: settings } = this.#client;
    const { key = newRunKey(new Date()), force = false, memo = {} } = options;
    const run = await admit(this.#client, planned.input.run, { force });
    await ensureSearchAttributes(connection, settings.namespace);
    const workflowId = backfillWorkflowId(planned.pipeline, key);
    const input = { ...planned.input, run };
    const [first, last] = [planned.partitions[0], planned.partitions.at(-1)];
    const range = `${first?.key ?? ''} to ${last?.key ?? ''}`;
    try {
      const handle = await this.#client.workflow.start(BACKFILL_WORKFLOW, {
        workflowId,
        taskQueue: this.#taskQueue,
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        typedSearchAttributes: searchAttributesOf(run),
        priority: priorityOf(run),
        memo: { pipeline: planned.pipeline, version: planned.version, range, step: planned.step, ...memo },
        staticSummary: `${planned.pipeline}: ${range}`,
      });
      return this.handle({ workflowId, runId: handle.firstExecutionRunId });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      throw new ClientError('run_exists', `The backfill "${workflowId}" is running already.`, {
        hint: `Watch it with: sluice watch ${workflowId}. Or give another key with --id.`,
        cause: error,
      });
    }
  }

  /** The backfill of an ID. Throws `backfill_not_found`. */
  async find(backfill: string): Promise<BackfillHandle> {
    if (isBackfillId(backfill)) {
      const found = await findRun(this.#client, backfill).catch(() => null);
      if (found !== null) return this.handle(found);
    }
    const latest = await this.list({ limit: 5 });
    const names = latest.map(({ backfill_id }) => backfill_id).join(', ');
    throw new ClientError('backfill_not_found', `There is no backfill "${backfill}".`, {
      hint: latest.length === 0 ? 'There are no backfills yet.' : `Latest backfills: ${names}.`,
    });
  }

  /** A backfill whose IDs are known. */
  handle(reference: RunReference): BackfillHandle {
    return new BackfillHandle(this.#client, reference);
  }

  /** Backfills, latest start first. */
  async list(
    filter: { readonly pipeline?: string; readonly limit?: number } = {},
  ): Promise<readonly BackfillListItem[]> {
    const { pipeline, limit = 20 } = filter;
    const clauses = [
      `WorkflowType = ${quote(BACKFILL_WORKFLOW)}`,
      `ExecutionStatus != 'ContinuedAsNew'`,
      ...(pipeline === undefined ? [] : [`WorkflowId STARTS_WITH ${quote(`backfill/${pipeline}/`)}`]),
    ];
    const found: BackfillListItem[] = [];
    for await (const info of this.#client.workflow.list({ query: clauses.join(' AND '), pageSize: 100 })) {
      const { workflow_id, run_id, status, started_at, ended_at, duration_ms } = toListItem(info, new Date());
      const [, of = ''] = workflow_id.split('/');
      found.push({
        backfill_id: workflow_id,
        run_id,
        pipeline: of,
        status,
        started_at,
        ended_at,
        duration_ms,
      });
      if (found.length >= limit) break;
    }
    return found.sort((a, b) => b.started_at.localeCompare(a.started_at));
  }
}
