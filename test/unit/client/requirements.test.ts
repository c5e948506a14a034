import { expect, it } from 'vitest';
import { createRunInput } from '../../../src/engine/create-run-input.js';
import { admit, requirementStates } from '../../../src/client/requirements.js';
import { aPlan } from '../../support/a-plan.js';
import { START } from '../../support/a-run.js';
import { anExecution, fakeClient } from '../../support/fake-visibility.js';

const HOUR = 3_600_000;
const made = createRunInput(
  aPlan([], {
    pipeline: 'report',
    requires: [
      { pipeline: 'prices', max_age_ms: null },
      { pipeline: 'rates', max_age_ms: HOUR },
    ],
  }),
  {},
);
if (!('input' in made)) throw new Error('The input is wrong.');
const report = made.input;
const done = [anExecution({ id: 'source/1', status: 'COMPLETED', started: 0, ended: 60 })];

it('is content with a success that is young enough, or of any age where none is asked', async () => {
  const { client, queries } = fakeClient(done);
  const now = new Date(START + 60_000 + HOUR);
  const requires = [
    { pipeline: 'source', max_age_ms: HOUR },
    { pipeline: 'source', max_age_ms: null },
  ];
  const states = await requirementStates(client, requires, now);
  expect(states.map(({ met }) => met)).toEqual([true, true]);
  expect(states[0]).toMatchObject({ workflow_id: 'source/1', message: '"source" last succeeded 1h ago' });
  expect(queries[0]).toContain("WorkflowId STARTS_WITH 'source/'");
  expect(queries[0]).toContain(
    "WorkflowId NOT STARTS_WITH 'source/backfill-' AND ExecutionStatus = 'Completed'",
  );
});

it('says how old the last success is and how old it may be', async () => {
  const { client } = fakeClient(done);
  const now = new Date(START + 60_000 + 27 * HOUR);
  expect(await requirementStates(client, [{ pipeline: 'source', max_age_ms: 26 * HOUR }], now)).toEqual([
    {
      pipeline: 'source',
      max_age_ms: 26 * HOUR,
      met: false,
      workflow_id: 'source/1',
      last_success: '2026-03-01T10:01:00.000Z',
      message: '"source" last succeeded 1d 3h ago, and at most 1d 2h is allowed',
    },
  ]);
});

it('finds who provides a dataset by its label, whatever the pipeline', async () => {
  const { client, queries } = fakeClient(done);
  const now = new Date(START + 60_000 + 2 * HOUR);
  const [state] = await requirementStates(client, [{ dataset: 'prices', max_age_ms: HOUR }], now);
  expect(queries[0]).toContain("SluiceLabels = 'provides:prices' AND ExecutionStatus = 'Completed'");
  expect(state).toMatchObject({
    met: false,
    message: 'dataset "prices" was last provided 2h ago, and at most 1h is allowed',
  });
});

it('refuses a success that a failure followed, where the latest run must have succeeded', async () => {
  const failed = [anExecution({ id: 'source/2', status: 'FAILED', started: 0, ended: 60 })];
  const { client, queries } = fakeClient(failed);
  const requires = [
    { pipeline: 'source', status: 'latest_succeeded', max_age_ms: null },
    { pipeline: 'source', status: 'ended', max_age_ms: null },
  ] as const;
  const states = await requirementStates(client, requires, new Date(START + HOUR));
  expect(queries[0]).toContain("ExecutionStatus != 'Running'");
  expect(states).toMatchObject([
    { met: false, message: 'the latest run of "source" ended as failed ("source/2")' },
    { met: true, message: '"source" last ended 59m ago' },
  ]);
});

it('names everything that is missing, and how to start anyway', async () => {
  const { client } = fakeClient([]);
  await expect(admit(client, report, { force: false })).rejects.toMatchObject({
    code: 'requirements_not_met',
    message: 'Pipeline "report" cannot run now: "prices" has never succeeded; "rates" has never succeeded.',
    hint: 'Run what is missing first, or start anyway with --force. "sluice check" says more.',
  });
});

it('lets a run in that is forced, and records past what', async () => {
  const { client } = fakeClient([]);
  expect(await admit(client, report, { force: true })).toMatchObject({
    forced: true,
    forced_past: ['"prices" has never succeeded', '"rates" has never succeeded'],
  });
});
