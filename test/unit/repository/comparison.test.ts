import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from './repository.js';

const PAGE = join(REPOSITORY, 'docs/explanation/five-orchestrators.md');
const TEST_LINK = /\[(?<title>[^\]]+)\]\((?<path>[^)]+\.test\.ts)\)/g;

type Row = { readonly there: string; readonly here: string; readonly shown: string };

describe('the comparison with five orchestrators', () => {
  const rows = rowsOf(readFileSync(PAGE, 'utf8'));

  it('has a row for each of their features', () => {
    expect(rows.length).toBeGreaterThan(100);
  });

  it.each(rows)('"$there" names tests that exist, or says what is missing', ({ here, shown }) => {
    const tests = [...shown.matchAll(TEST_LINK)];
    expect(tests.length > 0 || /\*\*missing\*\*|not so:|no test/.test(here)).toBe(true);
    for (const { groups } of tests) {
      const file = join(dirname(PAGE), groups?.['path'] ?? '');
      expect(existsSync(file), file).toBe(true);
      expect(titlesIn(file)).toContain(groups?.['title']);
    }
  });
});

function rowsOf(page: string): readonly Row[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (there|-+) /.test(line))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .map(([, there = '', here = '', shown = '']) => ({ there, here, shown }));
}

/** Every text in quotes that a test or a table of tests may have as its title. */
function titlesIn(file: string): readonly string[] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(/'((?:[^'\\\n]|\\.)+)'|"((?:[^"\\\n]|\\.)+)"/g)].map(([, single, double]) =>
    (single ?? double ?? '').replaceAll(/\\(.)/g, '$1'),
  );
}
