import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellWord } from '../../../src/shared/shell-word.js';

it('leaves plain words as they are', () => {
  expect(shellWord('market-data/2026-03-01.child')).toBe('market-data/2026-03-01.child');
});

it.each(['two words', "it's", '$(id)', ''])('quotes %j so that a shell gives it back', (text) => {
  expect(execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
});
