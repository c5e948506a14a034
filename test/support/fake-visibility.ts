import type { WorkflowExecutionInfo } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter, defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { encodeUnifiedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes.js';
import proto from '@temporalio/proto';
import { SEARCH_ATTRIBUTE } from '../../src/shared/names.js';
import { START } from './a-run.js';

const { WorkflowExecutionStatus } = proto.temporal.api.enums.v1;

type Execution = {
  readonly id: string;
  readonly status?: WorkflowExecutionInfo['status']['name'];
  /** Seconds after {@link START}. */
  readonly started?: number;
  readonly ended?: number;
  readonly runId?: string;
  readonly type?: string;
  readonly ownStatus?: string;
  readonly memo?: Readonly<Record<string, unknown>>;
};

/** An execution as Temporal lists it. */
export function anExecution(execution: Execution): WorkflowExecutionInfo {
  const { id, status = 'RUNNING', started = 0, ended, runId = `run of ${id}`, ownStatus } = execution;
  const keyword = (name: string, value: string) => ({
    key: defineSearchAttributeKey(name, 'KEYWORD'),
    value,
  });
  const info = {
    type: execution.type ?? 'pipeline',
    workflowId: id,
    runId,
    status: { name: status },
    startTime: new Date(START + started * 1000),
    ...(execution.memo === undefined ? {} : { memo: execution.memo }),
    ...(ended === undefined ? {} : { closeTime: new Date(START + ended * 1000) }),
    typedSearchAttributes: new TypedSearchAttributes([
      keyword(SEARCH_ATTRIBUTE.version, '1.2.0'),
      ...(ownStatus === undefined ? [] : [keyword(SEARCH_ATTRIBUTE.status, ownStatus)]),
    ]),
    raw: { workflowExecutionInfo: { firstRunId: runId } },
  };
  return info as unknown as WorkflowExecutionInfo;
}

/** A client that lists these executions for every query, and knows those that can be described. */
export function fakeClient(listed: readonly WorkflowExecutionInfo[], described = listed) {
  const queries: string[] = [];
  const workflow = {
    list: ({ query = '' }: { query?: string }) => {
      queries.push(query);
      return listing(listed);
    },
    getHandle: (workflowId: string) => ({
      describe: () => {
        const found = described.find((info) => info.workflowId === workflowId);
        return found === undefined
          ? Promise.reject(new WorkflowNotFoundError('workflow not found', workflowId, undefined))
          : Promise.resolve(found);
      },
    }),
  };
  return { client: { workflow } as never, queries };
}

export async function* listing(infos: readonly WorkflowExecutionInfo[]) {
  yield* infos;
}

/** A client whose service lists these executions as the server sends them, in pages as large as are asked for. */
export function fakeRecords(listed: readonly WorkflowExecutionInfo[]) {
  const requests: { readonly query: string; readonly pageSize: number }[] = [];
  const listWorkflowExecutions = (request: {
    query: string;
    pageSize: number;
    nextPageToken: Uint8Array;
  }) => {
    requests.push({ query: request.query, pageSize: request.pageSize });
    const first = Number(Buffer.from(request.nextPageToken).toString());
    const next = first + request.pageSize;
    return Promise.resolve({
      executions: listed.slice(first, next).map(rawOf),
      nextPageToken: next < listed.length ? Buffer.from(String(next)) : new Uint8Array(),
    });
  };
  const options = { namespace: 'default', loadedDataConverter: { payloadCodecs: [] } };
  return { client: { options, workflowService: { listWorkflowExecutions } } as never, requests };
}

function rawOf(info: WorkflowExecutionInfo) {
  const code = `WORKFLOW_EXECUTION_STATUS_${info.status.name.replace('CANCELLED', 'CANCELED')}`;
  return {
    execution: { workflowId: info.workflowId, runId: info.runId },
    status: WorkflowExecutionStatus[code as keyof typeof WorkflowExecutionStatus],
    startTime: timestamp(info.startTime),
    closeTime: info.closeTime === undefined ? null : timestamp(info.closeTime),
    memo: { fields: Object.fromEntries(Object.entries(info.memo ?? {}).map(([k, v]) => [k, payload(v)])) },
    searchAttributes: { indexedFields: encodeUnifiedSearchAttributes(undefined, info.typedSearchAttributes) },
  };
}

function timestamp(date: Date) {
  return { seconds: Math.floor(date.getTime() / 1000), nanos: (date.getTime() % 1000) * 1e6 };
}

function payload(value: unknown) {
  return defaultPayloadConverter.toPayload(value);
}
