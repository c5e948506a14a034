import { describe, expect, test } from 'vitest';
import { cacheKey, type Implementation } from '../../../../src/activities/cache/cache-key.js';
import type { StageTask } from '../../../../src/shared/task.js';
import { aTask } from '../attempt-rig.js';

const train = { kind: 'uses', name: 'train', version: '1' } as const satisfies Implementation;
const task = (changes: Partial<StageTask> = {}): StageTask => aTask({ cache: {}, ...changes });
const key = (changes: Partial<StageTask> = {}, implementation: Implementation = train): string =>
  cacheKey(task(changes), implementation);
const run = (changes: Partial<StageTask['run']>): StageTask['run'] => ({ ...aTask().run, ...changes });

describe('the default key', () => {
  test('is the same for the same work, whatever the order of its params, the stage, the run or the pipeline', () => {
    const params = key({ params: { a: 1, b: { c: 2, d: [1, 2] } } });
    expect(key({ params: { b: { d: [1, 2], c: 2 }, a: 1 } })).toBe(params);
    expect(key({ params: { a: 1, b: { c: 2, d: [1, 2] } }, stage: { id: 'other', name: 'Other' } })).toBe(
      params,
    );
    expect(key({ run: run({ id: 'r', workflow_id: 'w', pipeline: 'p' }) })).toBe(key());
  });

  test.each<[string, Partial<StageTask>, Implementation]>([
    ['params', { params: { a: 2 } }, train],
    ['the order of a list', { params: { a: [2, 1] } }, train],
    ['the name of a function', { params: { a: [1, 2] } }, { ...train, name: 'other' }],
    ['the version of a function', { params: { a: [1, 2] } }, { ...train, version: '2' }],
    ['the kind of a stage', { params: { a: [1, 2] } }, { kind: 'http' }],
    ['the artifacts that are promised', { params: { a: [1, 2] }, artifacts: ['model.bin'] }, train],
    [
      'the secret in a slot',
      { params: { a: [1, 2] }, secret_slots: [{ at: '/token', parts: [{ secret: 'TOKEN' }] }] },
      train,
    ],
  ])('changes with %s', (_what, changes, implementation) => {
    expect(key(changes, implementation)).not.toBe(key({ params: { a: [1, 2] } }));
  });

  test('of a command belongs to its pipeline, and does not change with its grace', () => {
    const command: Implementation = { kind: 'run' };
    const params = { command: ['make'], env: {}, cwd: null, grace_ms: 1 };
    expect(key({ params: { ...params, grace_ms: 2 } }, command)).toBe(key({ params }, command));
    expect(key({ params: { ...params, env: { A: '1' } } }, command)).not.toBe(key({ params }, command));
    expect(key({ params, run: run({ pipeline: 'other' }) }, command)).not.toBe(key({ params }, command));
  });
});

describe('a key of its own', () => {
  test('stands for the params, within the stage of the pipeline and the version of the function', () => {
    const own = { cache: { key: { data: 'abc' } } };
    expect(key({ ...own, params: { a: 1 } })).toBe(key({ ...own, params: { a: 2 } }));
    expect(key({ cache: { key: { data: 'abd' } } })).not.toBe(key(own));
    expect(key({ ...own, stage: { id: 'other', name: 'Other' } })).not.toBe(key(own));
    expect(key({ ...own, run: run({ pipeline: 'other' }) })).not.toBe(key(own));
    expect(key(own, { ...train, version: '2' })).not.toBe(key(own));
  });

  test('may be null, which is not the same as none', () => {
    expect(key({ cache: { key: null } })).not.toBe(key());
  });
});
