import type { Client } from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import proto from '@temporalio/proto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { installRuntime } from '../../worker/runtime.js';
import { bundleWithoutStacks, workflowBundlePath } from '../../worker/workflow-bundle.js';
import { decodePayloads } from '../payloads.js';
import type { Execution } from '../resume/read-run-input.js';
import { hasNotBegun, type QueriedHistory, withLastTask } from './last-task.js';
import { type QueryService, serveQuery } from './query-service.js';

type Answer = proto.temporal.api.common.v1.IPayloads;
type Query = proto.temporal.api.query.v1.IWorkflowQuery;
type QueryResult = proto.temporal.api.query.v1.IWorkflowQueryResult;
type QueryCompleted = proto.temporal.api.workflowservice.v1.RespondQueryTaskCompletedRequest;
type TaskCompleted = proto.temporal.api.workflowservice.v1.RespondWorkflowTaskCompletedRequest;
type TaskFailed = proto.temporal.api.workflowservice.v1.RespondWorkflowTaskFailedRequest;

const { QueryResultType } = proto.temporal.api.enums.v1;

/** The longest histories that there are replay in seconds. */
const PATIENCE_MS = 60_000;
const PAGE_EVENTS = 100;

/** Nobody else sees these: the service that the worker polls has one task. */
const TASK_QUEUE = 'history';
const QUERY_ID = 'query';

/** A run whose history this version of the code cannot follow. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
}

/**
 * What a workflow answers to a query, without any worker of its own: its history is replayed in this process by the
 * very code that workers run, so the answer is the one that they would give. Nothing is written, and no task of any run
 * is taken: the worker that replays sees a service with this one query instead of Temporal. Throws {@link ReplayError}.
 */
export async function queryHistory<R, A extends readonly unknown[]>(
  client: Client,
  execution: Execution,
  query: QueryDefinition<R, [...A]>,
  ...args: A
): Promise<R> {
  const { workflowId, runId } = execution;
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  if (hasNotBegun(events ?? [])) throw new ReplayError('No worker has begun the run yet.');
  const { payloadConverter } = client.options.loadedDataConverter;
  const desk = new QueryDesk(client, { workflowId, runId }, withLastTask(events ?? []), {
    queryType: query.name,
    queryArgs: { payloads: args.map((arg) => payloadConverter.toPayload(arg)) },
  });
  const service = await serveQuery(desk.calls);
  try {
    const answer = await answerOf(client, service, desk);
    const [value] = await decodePayloads(client, answer.payloads ?? []);
    return value as R;
  } finally {
    service.close();
  }
}

async function answerOf(client: Client, service: QueryService, desk: QueryDesk): Promise<Answer> {
  installRuntime({ log: pino({ level: 'silent' }) });
  const connection = await NativeConnection.connect({
    address: service.address,
    metadata: { authorization: service.token },
  });
  try {
    const { payloadCodecs, externalStorage } = client.options.loadedDataConverter;
    const worker = await Worker.create({
      connection,
      namespace: client.options.namespace,
      taskQueue: TASK_QUEUE,
      workflowBundle: await bundleWithoutStacks(await workflowBundlePath()),
      dataConverter: { payloadCodecs, ...(externalStorage === undefined ? {} : { externalStorage }) },
      maxCachedWorkflows: 0,
    });
    const patience = setTimeout(() => desk.fail('it took too long'), PATIENCE_MS);
    return await worker.runUntil(desk.answer).finally(() => clearTimeout(patience));
  } finally {
    await connection.close();
  }
}

/** Hands out one query and the history that answers it, and takes the answer. */
class QueryDesk {
  readonly answer: Promise<Answer>;
  readonly calls: Parameters<typeof serveQuery>[0];
  readonly #execution: Execution;
  readonly #history: QueriedHistory;
  readonly #query: Query;
  #settle: (answer: Answer) => void = () => undefined;
  #reject: (error: ReplayError) => void = () => undefined;
  #isHandedOut = false;

  constructor(client: Client, execution: Execution, history: QueriedHistory, query: Query) {
    this.#execution = execution;
    this.#history = history;
    this.#query = query;
    this.answer = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#reject = reject;
    });
    const nothingMore = this.answer.then(
      () => ({}),
      () => ({}),
    );
    this.calls = {
      GetSystemInfo: (request) => client.workflowService.getSystemInfo(request),
      DescribeNamespace: (request) => client.workflowService.describeNamespace(request),
      PollWorkflowTaskQueue: () => this.#handOut() ?? nothingMore,
      GetWorkflowExecutionHistory: ({ nextPageToken }: { readonly nextPageToken: Uint8Array }) =>
        this.#page(Number(Buffer.from(nextPageToken).toString())),
      RespondQueryTaskCompleted: ({ completedType, queryResult, errorMessage }: QueryCompleted) =>
        this.#take({ resultType: completedType, answer: queryResult ?? null, errorMessage }),
      RespondWorkflowTaskCompleted: ({ queryResults }: TaskCompleted) =>
        this.#take(queryResults[QUERY_ID] ?? {}),
      RespondWorkflowTaskFailed: ({ failure }: TaskFailed) => {
        this.fail(failure?.message ?? 'the replay failed');
        return {};
      },
      ShutdownWorker: () => ({}),
    };
  }

  fail(reason: string): void {
    const { workflowId } = this.#execution;
    this.#reject(new ReplayError(`The history of "${workflowId}" does not tell how it stands: ${reason}.`));
  }

  #handOut(): object | null {
    if (this.#isHandedOut) return null;
    this.#isHandedOut = true;
    const { events, replayedTo, taskAt } = this.#history;
    return {
      taskToken: Buffer.from(QUERY_ID),
      workflowExecution: this.#execution,
      workflowExecutionTaskQueue: { name: TASK_QUEUE },
      workflowType: events[0]?.workflowExecutionStartedEventAttributes?.workflowType,
      previousStartedEventId: replayedTo,
      attempt: 1,
      ...this.#page(0),
      ...(taskAt === null
        ? { query: this.#query }
        : { startedEventId: taskAt, queries: { [QUERY_ID]: this.#query } }),
    };
  }

  #page(from: number): object {
    const { events } = this.#history;
    const to = from + PAGE_EVENTS;
    return {
      history: { events: events.slice(from, to) },
      nextPageToken: Buffer.from(to < events.length ? String(to) : ''),
    };
  }

  #take({ resultType, answer, errorMessage }: QueryResult): object {
    if (resultType === QueryResultType.QUERY_RESULT_TYPE_ANSWERED) this.#settle(answer ?? {});
    else this.fail(errorMessage ?? 'the query was refused');
    return {};
  }
}
