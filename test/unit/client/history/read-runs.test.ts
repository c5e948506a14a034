import { expect, it } from 'vitest';
import { historyQuery, readRuns } from '../../../../src/client/history/read-runs.js';
import { SUMMARY_MEMO, summarize } from '../../../../src/engine/run-summary.js';
import { aRunResult, at, START } from '../../../support/a-run.js';
import { anExecution, fakeRecords } from '../../../support/fake-visibility.js';

const memo = (ms: number) => ({
  mode: 'daily',
  [SUMMARY_MEMO]: summarize(aRunResult({ load: {} }, { total_duration_ms: ms })),
});

it('asks for runs that started within a time', () => {
  const query = historyQuery({ pipeline: 'a', from: new Date(START), to: new Date(START + 1000) });
  expect(query).toContain(`StartTime >= '${at(0)}' AND StartTime < '${at(1)}'`);
});

it('reads what a run left from the list alone', async () => {
  const { client } = fakeRecords([
    anExecution({ id: 'a/1', status: 'COMPLETED', started: 0, ended: 50, memo: memo(49_800) }),
    anExecution({ id: 'a/2', started: 20 }),
  ]);
  const { runs, isCut } = await readRuns(client, {}, new Date(START + 60_000));
  expect(isCut).toBe(false);
  expect(runs).toMatchObject([
    { workflow_id: 'a/2', status: 'running', duration_ms: 40_000, mode: null, summary: null },
    { workflow_id: 'a/1', status: 'succeeded', duration_ms: 49_800, mode: 'daily', summary: { v: 1 } },
  ]);
});

it('counts a run that went on in new executions from its first start', async () => {
  const { client } = fakeRecords([
    anExecution({ id: 'a/1', status: 'COMPLETED', started: 100, ended: 200, memo: memo(190_000) }),
  ]);
  const { runs } = await readRuns(client);
  expect(runs[0]).toMatchObject({ started_at: at(10), duration_ms: 190_000 });
});

it('gives the latest starts, and says when there are more runs than it was asked for', async () => {
  const { client } = fakeRecords([1, 2, 3].map((n) => anExecution({ id: `a/${n}`, started: n })));
  expect(await readRuns(client, { limit: 2 })).toMatchObject({
    isCut: true,
    runs: [{ workflow_id: 'a/3' }, { workflow_id: 'a/2' }],
  });
  expect(await readRuns(client, { limit: 3 })).toMatchObject({ isCut: false, runs: { length: 3 } });
});

it('reads page after page until it has enough', async () => {
  const many = Array.from({ length: 2600 }, (_, n) => anExecution({ id: `a/${n}`, started: n }));
  const { client, requests } = fakeRecords(many);
  expect((await readRuns(client, { limit: 2300 })).isCut).toBe(true);
  expect(requests.map(({ pageSize }) => pageSize)).toEqual([1000, 1000, 501]);
});

it('tells every way in which a run can end', async () => {
  const { client } = fakeRecords([
    anExecution({ id: 'a/1', status: 'CANCELLED', ended: 1 }),
    anExecution({ id: 'a/2', status: 'TERMINATED', ended: 1 }),
    anExecution({ id: 'a/3', status: 'FAILED', ended: 1, ownStatus: 'timed_out' }),
    anExecution({ id: 'a/4', status: 'FAILED', ended: 1 }),
  ]);
  const statuses = (await readRuns(client)).runs.map(({ status }) => status);
  expect(statuses).toEqual(['cancelled', 'cancelled', 'timed_out', 'failed']);
  expect((await readRuns(client, { status: 'timed_out' })).runs).toHaveLength(1);
});
