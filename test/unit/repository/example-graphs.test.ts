import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { graphModel } from '../../../src/client/graph/graph-model.js';
import { toMermaid } from '../../../src/client/graph/mermaid.js';
import { loadDefinition } from '../../../src/definition/load.js';
import { loadConfig } from '../../../src/worker/config.js';

const FOLDER = resolve('examples/tetra');
const GRAPH = /<!-- sluice graph (?<file>\S+) -->\n\n```mermaid\n(?<graph>[^`]*)```/g;

test('the graphs in the README of the example are those of its definitions', async () => {
  const { catalog } = await loadConfig(FOLDER);
  const graphs = [...(await readFile(resolve(FOLDER, 'README.md'), 'utf8')).matchAll(GRAPH)];
  expect(graphs).toHaveLength(4);
  for (const { groups } of graphs) {
    const { plan } = await loadDefinition(resolve(FOLDER, groups?.['file'] ?? ''), { catalog, env: {} });
    if (plan === null) throw new Error(`${groups?.['file']} is not valid.`);
    expect(groups?.['graph']?.trim()).toBe(toMermaid(graphModel(plan)).trim());
  }
});
