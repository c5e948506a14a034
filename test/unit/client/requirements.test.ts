import { expect, it } from 'vitest';
import { checkRequirements, unmetRequirements } from '../../../src/client/requirements.js';
import { START } from '../../support/a-run.js';
import { anExecution, fakeClient } from '../../support/fake-visibility.js';

const HOUR = 3_600_000;
const done = [anExecution({ id: 'source/1', status: 'COMPLETED', started: 0, ended: 60 })];

it('is content with a success that is young enough, or of any age where none is asked', async () => {
  const { client, queries } = fakeClient(done);
  const now = new Date(START + 60_000 + HOUR);
  const requires = [
    { pipeline: 'source', max_age_ms: HOUR },
    { pipeline: 'source', max_age_ms: null },
  ];
  expect(await unmetRequirements(client, requires, now)).toEqual([]);
  expect(queries[0]).toContain("WorkflowId STARTS_WITH 'source/' AND ExecutionStatus = 'Completed'");
});

it('says how old the last success is and how old it may be', async () => {
  const { client } = fakeClient(done);
  const now = new Date(START + 60_000 + 27 * HOUR);
  expect(await unmetRequirements(client, [{ pipeline: 'source', max_age_ms: 26 * HOUR }], now)).toEqual([
    {
      pipeline: 'source',
      last_success: '2026-03-01T10:01:00.000Z',
      message: '"source" last succeeded 1d 3h ago, and at most 1d 2h is allowed',
    },
  ]);
});

it('names everything that is missing, and how to start anyway', async () => {
  const { client } = fakeClient([]);
  const requires = [
    { pipeline: 'prices', max_age_ms: null },
    { pipeline: 'rates', max_age_ms: HOUR },
  ];
  await expect(checkRequirements(client, 'report', requires)).rejects.toMatchObject({
    code: 'requirements_not_met',
    message: 'Pipeline "report" cannot run now: "prices" has never succeeded; "rates" has never succeeded.',
    hint: 'Run what is missing first, or start anyway with --force.',
  });
});
