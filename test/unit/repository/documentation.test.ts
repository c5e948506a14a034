import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDefinitionText } from '../../../src/definition/load.js';
import { anchorsOf, linksOf, markdownFiles, snippetsOf } from './markdown.js';
import { REPOSITORY } from './repository.js';

const files = markdownFiles();
const byName = new Map(files.map((file) => [file.file, file]));

describe('the documentation', () => {
  it.each(files)('$file links only to files and headings that exist', (page) => {
    const broken = linksOf(page).filter((link) => !isExternal(link) && !resolves(page.file, link));
    expect(broken).toEqual([]);
  });

  it('is complete: the index links to every page', () => {
    const index = byName.get('docs/README.md');
    const linked = new Set(
      index === undefined ? [] : linksOf(index).map((link) => `docs/${link.split('#')[0]}`),
    );
    const pages = files
      .map((page) => page.file)
      .filter((file) => file.startsWith('docs/') && file !== 'docs/README.md');
    expect(pages.filter((page) => !linked.has(page))).toEqual([]);
  });
});

const definitions = files
  .flatMap(snippetsOf)
  .filter(({ language, text }) => language === 'yaml' && /^name:/m.test(text) && /^stages:/m.test(text));

describe('the definitions in the documentation', () => {
  it.each(definitions)('$file:$line is a valid pipeline', async ({ file, text }) => {
    const options = { file: `${file}.yaml`, catalog: null, env: {} };
    const { problems } = await loadDefinitionText(text, options);
    expect(problems).toEqual([]);
  });
});

function isExternal(link: string): boolean {
  return /^[a-z]+:/.test(link);
}

function resolves(from: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : join(dirname(from), path);
  if (!existsSync(join(REPOSITORY, target))) return false;
  const page = byName.get(target);
  return anchor === undefined || page === undefined || anchorsOf(page).has(anchor);
}
