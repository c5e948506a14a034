import { expect, it } from 'vitest';
import { judgeHealth } from '../../../../src/engine/health/judge-health.js';
import { healthAnswers } from '../../../../src/worker/health/health-answer.js';
import { someFacts } from '../../../support/health-facts.js';

function asked(read: () => Promise<ReturnType<typeof judgeHealth>>) {
  const state = { now: 0, reads: 0 };
  const answer = healthAnswers(
    () => {
      state.reads += 1;
      return read();
    },
    () => state.now,
  );
  return { state, answer };
}

it('asks Temporal once however many ask at the same time, and again only after a while', async () => {
  const { state, answer } = asked(() => Promise.resolve(judgeHealth(someFacts())));
  const all = await Promise.all(Array.from({ length: 50 }, () => answer()));
  expect(all.every(({ isWell }) => isWell)).toBe(true);
  state.now = 14_999;
  await answer();
  expect(state.reads).toBe(1);
  state.now = 15_000;
  await answer();
  expect(state.reads).toBe(2);
});

it('is not well when Temporal does not answer, and does not ask it more often for that', async () => {
  const { state, answer } = asked(() => Promise.reject(new Error('connection refused')));
  expect(await answer()).toEqual({
    isWell: false,
    body: { ok: false, error: { code: 'temporal_unreachable', message: 'connection refused' } },
  });
  await answer();
  expect(state.reads).toBe(1);
});
