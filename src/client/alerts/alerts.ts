import { randomUUID } from 'node:crypto';
import {
  type Client,
  WorkflowFailedError,
  type WorkflowExecutionInfo,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { suggest } from '../../definition/suggest.js';
import type { AlertView } from '../../engine/alert-state.js';
import type { AlertReceipt, AlertTask } from '../../shared/alert-task.js';
import { isJsonObject } from '../../shared/json.js';
import { ALERT_TEST_WORKFLOW, ALERT_WORKFLOW, alertWorkflowId } from '../../shared/names.js';
import { acknowledgeUpdate, alertEndedSignal } from '../../workflows/alert/messages.js';
import { ClientError } from '../client-error.js';
import { quote } from '../run-list.js';
import { hasWorker } from '../task-queue.js';
import { updateRun } from '../update-run.js';

export type AlertFilter = {
  readonly pipeline?: string;
  /** Those that have ended too. @default false */
  readonly ended?: boolean;
  /** @default 100 */
  readonly limit?: number;
};

type OpenAlert = { readonly runId: string; readonly taskQueue: string };

/** The alerts of a namespace. */
export class Alerts {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Alerts that are open, latest first, from the records of Temporal: no worker is asked. */
  async list({ pipeline, ended = false, limit = 100 }: AlertFilter = {}): Promise<readonly AlertView[]> {
    const query = [
      `WorkflowType = ${quote(ALERT_WORKFLOW)}`,
      ended ? `ExecutionStatus != 'ContinuedAsNew'` : `ExecutionStatus = 'Running'`,
      ...(pipeline === undefined ? [] : [`WorkflowId STARTS_WITH ${quote(alertWorkflowId(`${pipeline}/`))}`]),
    ].join(' AND ');
    const found: AlertView[] = [];
    for await (const info of this.#client.workflow.list({ query, pageSize: Math.min(limit, 1_000) })) {
      found.push(viewOf(info));
      if (found.length >= limit) break;
    }
    return found.sort((a, b) => b.since.localeCompare(a.since));
  }

  /** The queue of the workers that keep an open alert. Throws `alert_not_found`. */
  async taskQueueOf(key: string): Promise<string> {
    return (await this.#find(key)).taskQueue;
  }

  /**
   * Somebody looks after it: it does not escalate, and is told again only when it ends. Throws `alert_not_found` when no
   * such alert is open, `refused` when somebody else was first, `no_worker`.
   */
  async acknowledge(
    key: string,
    { by, comment = null }: { readonly by: string; readonly comment?: string | null },
  ): Promise<AlertView> {
    const workflowId = alertWorkflowId(key);
    const run = { client: this.#client, workflowId, ...(await this.#find(key)) };
    try {
      return await updateRun(run, acknowledgeUpdate, { by, comment });
    } catch (error) {
      throw error instanceof WorkflowNotFoundError ? await this.#notFound(key) : error;
    }
  }

  /** Ends it, although nothing has found that its condition has ended. Throws `alert_not_found`. */
  async close(
    key: string,
    { by, reason = null }: { readonly by: string; readonly reason?: string | null },
  ): Promise<void> {
    const { runId } = await this.#find(key);
    const end = {
      key,
      at: new Date().toISOString(),
      reason: reason === null ? `${by} closed it` : `${by} closed it: ${reason}`,
      by,
    };
    await this.#client.workflow.getHandle(alertWorkflowId(key), runId).signal(alertEndedSignal, end);
  }

  /**
   * Has a worker send a message to a channel, once. Gives what the receiver answered; throws `channel_failed` with why it
   * was not sent, `no_worker` when nobody serves the queue.
   */
  async test(channel: string, { taskQueue, by }: { taskQueue: string; by: string }): Promise<AlertReceipt> {
    if (!(await hasWorker(this.#client, taskQueue))) {
      throw new ClientError('no_worker', `No worker polls task queue "${taskQueue}", which sends messages.`, {
        hint: 'Start one with: sluice worker. Then try again.',
      });
    }
    try {
      return await this.#client.workflow.execute(ALERT_TEST_WORKFLOW, {
        workflowId: `alert-test/${channel}/${randomUUID()}`,
        taskQueue,
        args: [testTask(channel, by)],
        workflowExecutionTimeout: '3m',
      });
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      throw new ClientError('channel_failed', `The message was not sent. ${innermost(error)}`, {
        hint: 'Correct `channels` of the configuration or the environment of the worker, and restart it.',
        cause: error,
      });
    }
  }

  async #find(key: string): Promise<OpenAlert> {
    try {
      const { runId, taskQueue, closeTime } = await this.#client.workflow
        .getHandle(alertWorkflowId(key))
        .describe();
      if (closeTime === undefined) return { runId, taskQueue };
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    throw await this.#notFound(key);
  }

  async #notFound(key: string): Promise<ClientError> {
    const open = (await this.list()).map((alert) => alert.key);
    const near = suggest(key, open);
    const hint = near === null ? 'See what is open with: sluice alerts list' : `Did you mean "${near}"?`;
    return new ClientError('alert_not_found', `No alert "${key}" is open.`, { hint });
  }
}

function viewOf({ memo, workflowId, startTime }: WorkflowExecutionInfo): AlertView {
  const view = memo?.['alert'];
  if (isJsonObject(view)) return view as unknown as AlertView;
  // It was raised a moment ago, and no worker has looked at it yet.
  const since = startTime.toISOString();
  const key = workflowId.slice(alertWorkflowId('').length);
  return { ...testView(key, 'nobody'), since, last_at: since, status: 'pending', message: null };
}

function testTask(channel: string, by: string): AlertTask {
  return {
    id: `test/${randomUUID()}`,
    channel,
    kind: 'test',
    alert: testView('test/channel', by),
  };
}

function testView(key: string, by: string): AlertView {
  const now = new Date().toISOString();
  return {
    key,
    rule: key.split('/').at(-1) ?? key,
    when: 'true',
    status: 'firing',
    severity: 'low',
    source: 'run',
    message: `${by} tries this channel.`,
    facts: {},
    since: now,
    last_at: now,
    count: 1,
    escalated: 0,
    acknowledged: null,
    ended: null,
    held_until: null,
    channels: {},
  };
}

function innermost(error: Error): string {
  let at: Error = error;
  while (at.cause instanceof Error) at = at.cause;
  return at.message;
}
