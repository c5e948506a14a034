import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { graphModel } from '../../../src/client/graph/graph-model.js';
import { toMermaid } from '../../../src/client/graph/mermaid.js';
import { loadDefinition } from '../../../src/definition/load.js';
import { loadConfig } from '../../../src/worker/config.js';

const GRAPH = /<!-- sluice graph (?<file>\S+) -->\n\n```mermaid\n(?<graph>[^`]*)```/g;

test.each([
  ['tetra', 4],
  ['llama-mapper', 1],
])('the graphs in the README of the example %s are those of its definitions', async (example, count) => {
  const folder = resolve('examples', example);
  const { catalog } = await loadConfig(folder);
  const graphs = [...(await readFile(resolve(folder, 'README.md'), 'utf8')).matchAll(GRAPH)];
  expect(graphs).toHaveLength(count);
  for (const { groups } of graphs) {
    const { plan } = await loadDefinition(resolve(folder, groups?.['file'] ?? ''), { catalog, env: {} });
    if (plan === null) throw new Error(`${groups?.['file']} is not valid.`);
    expect(groups?.['graph']?.trim()).toBe(toMermaid(graphModel(plan)).trim());
  }
});
