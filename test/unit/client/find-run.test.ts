import { expect, it } from 'vitest';
import { findRun } from '../../../src/client/find-run.js';
import { anExecution, fakeClient } from '../../support/fake-visibility.js';

const RUN_ID = '0190b2c8-4a52-7c1e-8f3a-0a1b2c3d4e5f';

it('finds a workflow ID that visibility does not list yet', async () => {
  const { client, queries } = fakeClient([], [anExecution({ id: 'a/new', runId: RUN_ID })]);
  expect(await findRun(client, 'a/new')).toEqual({ workflowId: 'a/new', runId: RUN_ID });
  expect(queries).toEqual([]);
});

it('finds a run by its run ID', async () => {
  const { client, queries } = fakeClient([anExecution({ id: 'a/1' })]);
  expect(await findRun(client, RUN_ID)).toEqual({ workflowId: 'a/1', runId: RUN_ID });
  expect(queries).toEqual([`RunId = '${RUN_ID}'`]);
});

it('takes the name of a pipeline for its latest start, although another run ended later', async () => {
  const { client } = fakeClient(
    [
      anExecution({ id: 'a/slow', started: 0, ended: 100, status: 'COMPLETED' }),
      anExecution({ id: 'a/quick', started: 10, ended: 20, status: 'COMPLETED' }),
    ],
    [],
  );
  expect(await findRun(client, 'a')).toMatchObject({ workflowId: 'a/quick' });
});

it('does not take a workflow of another kind for a run', async () => {
  const { client } = fakeClient([], [anExecution({ id: 'orders', type: 'order' })]);
  await expect(findRun(client, 'orders')).rejects.toThrow('No run has the workflow ID "orders"');
});

it('says which runs exist when none fits', async () => {
  const { client } = fakeClient([anExecution({ id: 'a/1' }), anExecution({ id: 'a/2', started: 5 })], []);
  await expect(findRun(client, 'b/1')).rejects.toMatchObject({
    code: 'run_not_found',
    exitCode: 2,
    message: 'No run has the workflow ID "b/1".',
    hint: 'Latest runs: a/2, a/1. See also: sluice list',
  });
  await expect(findRun(fakeClient([]).client, 'b')).rejects.toMatchObject({
    message: 'No run has the workflow ID "b", and no pipeline "b" has run.',
    hint: 'There are no runs yet. Start one with: sluice run FILE',
  });
});
