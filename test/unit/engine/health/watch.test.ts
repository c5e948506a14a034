import { expect, it } from 'vitest';
import { readWatch, WATCH_MEMO, watchOf } from '../../../../src/engine/health/watch.js';
import { aPlan, aStage } from '../../../support/a-plan.js';

const alert = (name: string, by: 'run' | 'monitor') =>
  ({ name, by, when: 'true', severity: 'low', channels: ['ops'] }) as const;

it('is nothing for a plan that asks for nothing', () => {
  expect(watchOf(aPlan([aStage('a')], { alerts: [alert('failed', 'run')] }))).toBeNull();
  expect(readWatch(undefined)).toEqual({});
  expect(readWatch({ [WATCH_MEMO]: 'old' })).toEqual({});
});

it('holds what somebody who looks from outside needs, and comes back from the memo', () => {
  const stages = ['a', 'b', 'c'].map((id) => aStage(id, { task_queue: id === 'c' ? null : 'gpu' }));
  const plan = aPlan(stages, {
    freshness: { max_age_ms: 5 },
    deadline_ms: 7,
    alerts: [alert('failed', 'run'), alert('old', 'monitor')],
  });
  const watch = watchOf(plan);
  expect(watch).toEqual({
    max_age_ms: 5,
    deadline_ms: 7,
    task_queues: ['gpu'],
    alerts: [alert('old', 'monitor')],
  });
  expect(readWatch({ [WATCH_MEMO]: watch })).toEqual(watch);
});
