import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { graphModel } from '../../../src/client/graph/graph-model.js';
import { toMermaid } from '../../../src/client/graph/mermaid.js';
import { loadDefinition } from '../../../src/definition/load.js';
import { loadConfig } from '../../../src/worker/config.js';
import { REPOSITORY } from './repository.js';

const EXAMPLES = join(REPOSITORY, 'examples');
const GRAPH = /<!-- sluice graph (?<file>\S+) -->\n\n```mermaid\n(?<graph>[^`]*)```/g;

describe.each(examples())('the README of examples/%s', (example) => {
  const folder = join(EXAMPLES, example);
  const graphs = graphsOf(folder);

  it('shows a graph: put `<!-- sluice graph FILE -->` where it should stand, then `npm run graphs`', () => {
    expect(graphs.size).toBeGreaterThan(0);
  });

  it('shows them as they are now', async () => {
    const { catalog } = await loadConfig(folder);
    for (const [file, graph] of graphs) {
      const { plan } = await loadDefinition(join(folder, file), { catalog, env: {} });
      if (plan === null) throw new Error(`${example}/${file} is not valid.`);
      expect(graph.trim(), 'npm run graphs draws it again').toBe(toMermaid(graphModel(plan)).trim());
    }
  }, 60_000);
});

function examples(): readonly string[] {
  return readdirSync(EXAMPLES).filter((name) => existsSync(join(EXAMPLES, name, 'pipelines')));
}

/** By the name of the file that each is said to draw. */
function graphsOf(folder: string): ReadonlyMap<string, string> {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  return new Map(
    [...readme.matchAll(GRAPH)].map(({ groups }) => [groups?.['file'] ?? '', groups?.['graph'] ?? '']),
  );
}
