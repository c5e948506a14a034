import { expect, it } from 'vitest';
import { listQuery, listRuns, quote } from '../../../src/client/run-list.js';
import { START } from '../../support/a-run.js';
import { anExecution, fakeClient } from '../../support/fake-visibility.js';

it('asks for the runs of a pipeline in a status, and hides the earlier parts of long runs', () => {
  expect(listQuery({ pipeline: 'market-data', status: 'cancelled' })).toBe(
    "WorkflowType = 'pipeline' AND ExecutionStatus != 'ContinuedAsNew' AND WorkflowId STARTS_WITH 'market-data/'" +
      " AND ExecutionStatus IN ('Canceled', 'Terminated')",
  );
});

it('quotes text so that it stays one string of the query', () => {
  expect(quote(`it's \\ here`)).toBe(`'it\\'s \\\\ here'`);
});

it('lists the latest start first, with the time a run has taken so far', async () => {
  const { client } = fakeClient([
    anExecution({ id: 'a/1', status: 'COMPLETED', started: 0, ended: 50 }),
    anExecution({ id: 'a/2', started: 20 }),
  ]);
  const runs = await listRuns(client, {}, new Date(START + 60_000));
  expect(runs.map(({ workflow_id, status, duration_ms }) => [workflow_id, status, duration_ms])).toEqual([
    ['a/2', 'running', 40_000],
    ['a/1', 'succeeded', 50_000],
  ]);
  expect(runs[1]).toMatchObject({ pipeline: 'a', version: '1.2.0', ended_at: '2026-03-01T10:00:50.000Z' });
});

it('tells a run that timed out or is queued from one that failed or runs', async () => {
  const { client } = fakeClient([
    anExecution({ id: 'a/1', status: 'FAILED', ownStatus: 'timed_out' }),
    anExecution({ id: 'a/2', status: 'FAILED', ownStatus: 'failed' }),
    anExecution({ id: 'a/3', status: 'TERMINATED', ownStatus: 'running' }),
    anExecution({ id: 'a/4', ownStatus: 'queued' }),
  ]);
  const runs = await listRuns(client);
  expect(runs.map((run) => run.status)).toEqual(['timed_out', 'failed', 'cancelled', 'queued']);
  expect(await listRuns(client, { status: 'timed_out' })).toHaveLength(1);
});

it('lists no more runs than were asked for', async () => {
  const { client } = fakeClient([1, 2, 3].map((n) => anExecution({ id: `a/${n}`, started: n })));
  expect(await listRuns(client, { limit: 2 })).toHaveLength(2);
  expect(await listRuns(client, { limit: 0 })).toEqual([]);
});
