import { expect, it } from 'vitest';
import { unknownStage } from '../../../src/client/unknown-stage.js';

it('tells which stages there are and which one was probably meant', () => {
  expect(unknownStage('The run "demo/1"', 'trian', ['load', 'train'])).toMatchObject({
    code: 'unknown_stage',
    exitCode: 2,
    message: 'The run "demo/1" has no stage "trian".',
    hint: 'Stages here: load, train. Did you mean "train"?',
  });
});

it('lists no more stages than a person reads', () => {
  const many = Array.from({ length: 100 }, (_, n) => `s${n}`);
  expect(unknownStage('The run', 'zzzzzz', many).hint).toMatch(/s29, … \(100 in all\)\.$/);
});
