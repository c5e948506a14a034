import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTIVITY } from '../../src/shared/names.js';
import type { RequirementCheckTask } from '../../src/shared/requirement-check.js';
import { createRequirementCheck } from '../../src/worker/requirement-check.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { START } from '../support/a-run.js';
import { anExecution, listing } from '../support/fake-visibility.js';
import { resultOf } from '../support/result-of.js';
import { type FakeStage, WorkflowRig } from '../support/workflow-rig.js';

/** When each pipeline last succeeded. */
const successes = new Map<string, string>();
let rig: WorkflowRig;
let executed = 0;

const visibility = {
  list: ({ query = '' }: { readonly query?: string }) =>
    listing(
      [...successes]
        .filter(([pipeline]) => query.includes(`'${pipeline}/'`))
        .map(([pipeline, ended]) =>
          anExecution({
            id: `${pipeline}/1`,
            status: 'COMPLETED',
            ended: (Date.parse(ended) - START) / 1_000,
          }),
        ),
    ),
};
const check = createRequirementCheck({ workflow: visibility } as never);

beforeAll(async () => {
  const answer = (task: unknown): unknown => check(task as RequirementCheckTask);
  rig = await WorkflowRig.create({
    work: () => ({ output: ++executed }),
    [ACTIVITY.requirementCheck]: answer as FakeStage,
  });
});
afterAll(() => rig.close());

const stage = aStage('work', { action: { kind: 'uses', uses: 'work', with: {} } });
const requires = [{ pipeline: 'prices', max_age_ms: 3_600_000 }];
const plan = aPlan([stage], { requires });
const more = { schedule: { id: 'nightly' } };

describe('a run that a schedule started', () => {
  it('fails before its first stage while a pipeline that it requires never succeeded', async () => {
    const result = await resultOf(await rig.start(plan, { more }));
    expect(result).toMatchObject({
      status: 'failed',
      error: { type: 'RequirementsNotMet', message: 'cannot run now: "prices" has never succeeded' },
      stages: { work: { status: 'cancelled' } },
    });
    expect(executed).toBe(0);
  });

  it('fails while its last success is too old, and says since when', async () => {
    successes.set('prices', '2020-01-01T00:00:00.000Z');
    const { error } = await resultOf(await rig.start(plan, { more }));
    expect(error?.message).toMatch(
      /^cannot run now: "prices" last succeeded \d+y .*ago, and at most 1h is allowed$/,
    );
  });

  it('goes on when all that it requires is there', async () => {
    successes.set('prices', new Date().toISOString());
    expect((await resultOf(await rig.start(plan, { more }))).status).toBe('succeeded');
  });

  it('asks nobody when it requires nothing, as a run that a person started never does', async () => {
    successes.clear();
    const free = aPlan([stage]);
    expect((await resultOf(await rig.start(free, { more }))).status).toBe('succeeded');
    expect((await resultOf(await rig.start(plan))).status).toBe('succeeded');
  });
});
