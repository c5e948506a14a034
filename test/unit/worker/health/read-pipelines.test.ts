import type { WorkflowExecutionInfo } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { expect, it } from 'vitest';
import { WATCH_MEMO } from '../../../../src/engine/health/watch.js';
import { SEARCH_ATTRIBUTE } from '../../../../src/shared/names.js';
import { readPipelines } from '../../../../src/worker/health/read-pipelines.js';
import { START } from '../../../support/a-run.js';
import { anExecution } from '../../../support/fake-visibility.js';

const OPTIONS = { known: [], runs: 3, windowMs: 1_000_000, now: new Date(START + 2_000_000) };

type Run = Parameters<typeof anExecution>[0] & { readonly awaiting?: string; readonly queue?: string };

function aRunOf({ awaiting, queue = 'sluice', ...run }: Run): WorkflowExecutionInfo {
  const keyword = (name: string, value: string) => ({
    key: defineSearchAttributeKey(name, 'KEYWORD'),
    value,
  });
  return {
    ...anExecution(run),
    taskQueue: queue,
    typedSearchAttributes: new TypedSearchAttributes([
      keyword(SEARCH_ATTRIBUTE.pipeline, run.id.split('/')[0] ?? ''),
      ...(awaiting === undefined ? [] : [keyword(SEARCH_ATTRIBUTE.awaiting, awaiting)]),
    ]),
  };
}

/** Lists what fits the parts of a query that are asked here, open runs first, then by their end. */
function visibility(runs: readonly WorkflowExecutionInfo[]) {
  const queries: string[] = [];
  const endOf = ({ closeTime }: WorkflowExecutionInfo): number => closeTime?.getTime() ?? Infinity;
  async function* list({ query = '' }: { query?: string }) {
    queries.push(query);
    const only = /SluicePipeline = '([^']+)'/.exec(query)?.[1];
    const others: readonly string[] = /NOT IN \(([^)]*)\)$/.exec(query)?.[1]?.match(/[\w-]+/g) ?? [];
    const sorted = runs.toSorted((a, b) => endOf(b) - endOf(a));
    for (const run of sorted) {
      const name = run.workflowId.split('/')[0] ?? '';
      const { name: status } = run.status;
      if (query.includes("ExecutionStatus = 'Running'") && status !== 'RUNNING') continue;
      if (query.includes("NOT IN ('Running'") && status === 'RUNNING') continue;
      if (query.includes("'Completed'") && status !== 'COMPLETED') continue;
      if ((only === undefined || name === only) && !others.includes(name)) yield run;
    }
  }
  return { client: { workflow: { list } } as never, queries };
}

it('finds every pipeline, however many runs one of them has, in a few questions', async () => {
  const many = Array.from({ length: 200 }, (_, i) =>
    aRunOf({ id: `busy/${i}`, status: 'COMPLETED', started: i, ended: i + 1 }),
  );
  const few = ['a', 'b'].map((name) => aRunOf({ id: `${name}/1`, status: 'COMPLETED', ended: 1 }));
  const { client, queries } = visibility([...many, ...few]);
  const { pipelines } = await readPipelines(client, { ...OPTIONS, known: ['never-ran'] });
  expect(pipelines.map(({ facts }) => facts.pipeline)).toEqual(['a', 'b', 'busy', 'never-ran']);
  // Open runs, two for the names, one for each pipeline; those with enough runs need no more.
  expect(queries.length).toBeLessThanOrEqual(1 + 3 + 4);
});

it('looks for a success further back than it counts runs', async () => {
  const runs = [1, 2, 3, 4].map((n) =>
    aRunOf({ id: `a/${n}`, status: n === 1 ? 'COMPLETED' : 'FAILED', started: n * 10, ended: n * 10 + 5 }),
  );
  const { pipelines } = await readPipelines(visibility(runs).client, { ...OPTIONS, windowMs: 5_000_000 });
  expect(pipelines[0]?.facts).toMatchObject({
    ended: [{ workflow_id: 'a/4' }, { workflow_id: 'a/3' }, { workflow_id: 'a/2' }],
    last_success: { workflow_id: 'a/1', status: 'succeeded' },
  });
});

it('counts no run that ended before the window, but for the last one', async () => {
  const runs = [1, 2].map((n) => aRunOf({ id: `a/${n}`, status: 'COMPLETED', started: n, ended: n + 1 }));
  const { pipelines } = await readPipelines(visibility(runs).client, OPTIONS);
  expect(pipelines[0]?.facts.ended).toMatchObject([{ workflow_id: 'a/2' }]);
});

it('takes what is to be watched from the latest run, and queues from those that go on', async () => {
  const watched = (max_age_ms: number) => ({
    [WATCH_MEMO]: { max_age_ms, deadline_ms: 60_000, task_queues: ['gpu'] },
  });
  const runs = [
    aRunOf({ id: 'a/1', status: 'COMPLETED', started: 1, ended: 2, memo: watched(1) }),
    aRunOf({ id: 'a/2', started: 10, awaiting: 'approval', queue: 'own', memo: watched(2) }),
  ];
  const { pipelines } = await readPipelines(visibility(runs).client, OPTIONS);
  expect(pipelines[0]).toMatchObject({
    facts: {
      max_age_ms: 2,
      open: [{ workflow_id: 'a/2', is_awaiting: true, deadline_at: new Date(START + 70_000).toISOString() }],
    },
    queues: { runs: ['own'], stages: ['gpu'] },
  });
});

it('reads only the pipelines that it is asked for', async () => {
  const runs = ['a', 'b'].map((name) => aRunOf({ id: `${name}/1`, status: 'COMPLETED', ended: 1 }));
  const { client, queries } = visibility(runs);
  const { pipelines } = await readPipelines(client, { ...OPTIONS, only: ['b'] });
  expect(pipelines.map(({ facts }) => facts.pipeline)).toEqual(['b']);
  expect(queries).toHaveLength(2);
});
