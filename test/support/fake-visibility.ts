import type { WorkflowExecutionInfo } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { SEARCH_ATTRIBUTE } from '../../src/shared/names.js';
import { START } from './a-run.js';

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

async function* listing(infos: readonly WorkflowExecutionInfo[]) {
  yield* infos;
}
