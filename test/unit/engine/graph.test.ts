import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { criticalPath } from '../../../src/engine/critical-path.js';
import { planLevels, stageLevels } from '../../../src/engine/levels.js';
import { shortestCycle } from '../../../src/engine/shortest-cycle.js';

const node = (id: string, ...depends_on: string[]) => ({ id, depends_on });
const edges = (graph: Readonly<Record<string, readonly string[]>>) => new Map(Object.entries(graph));

describe('levels', () => {
  it('puts each stage one level below the deepest stage that it depends on', () => {
    const stages = [node('report', 'train', 'data'), node('data'), node('train', 'data'), node('lone')];
    expect(planLevels(stages)).toEqual([['data', 'lone'], ['train'], ['report']]);
  });

  it('refuses a cycle', () => {
    expect(() => stageLevels([node('a', 'b'), node('b', 'a')])).toThrow('The stages form a cycle');
  });

  it('handles ten thousand stages in one chain', () => {
    const chain = Array.from({ length: 10_000 }, (_, at) =>
      at === 0 ? node('s0') : node(`s${at}`, `s${at - 1}`),
    );
    expect(planLevels(chain)).toHaveLength(10_000);
    expect(criticalPath(chain)).toHaveLength(10_000);
  });
});

describe('the critical path', () => {
  it('is the longest chain', () => {
    expect(criticalPath([node('a'), node('b', 'a'), node('c', 'b'), node('d', 'a')])).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  it('follows the weights it is given', () => {
    const weights: Readonly<Record<string, number>> = { a: 1, b: 1, c: 1, d: 5 };
    const stages = [node('a'), node('b', 'a'), node('c', 'b'), node('d', 'a')];
    expect(criticalPath(stages, (id) => weights[id] ?? 0)).toEqual(['a', 'd']);
  });

  it('is empty without stages', () => {
    expect(criticalPath([])).toEqual([]);
  });
});

describe('the shortest cycle', () => {
  it('is null for a graph without one', () => {
    expect(shortestCycle(edges({ a: [], b: ['a'], c: ['a', 'b'] }))).toBeNull();
  });

  it('is the stage twice when it depends on itself', () => {
    expect(shortestCycle(edges({ a: ['a'] }))).toEqual(['a', 'a']);
  });

  it('is the shorter of two', () => {
    const graph = edges({ a: ['b'], b: ['c'], c: ['a'], x: ['y'], y: ['x'] });
    expect(shortestCycle(graph)).toEqual(['x', 'y', 'x']);
  });

  it('follows the dependencies in their direction', () => {
    expect(shortestCycle(edges({ a: ['b'], b: ['c'], c: ['a'] }))).toEqual(['a', 'b', 'c', 'a']);
  });

  it('ignores stages that only lead to a cycle', () => {
    expect(shortestCycle(edges({ far: ['a'], a: ['b'], b: ['a'] }))).toEqual(['a', 'b', 'a']);
  });

  it('is found in a ring of ten thousand stages', () => {
    const ring = new Map(
      Array.from({ length: 10_000 }, (_, at) => [`s${at}`, [`s${(at + 1) % 10_000}`]] as const),
    );
    expect(shortestCycle(ring)).toHaveLength(10_001);
  });

  it('is a real path of the graph, and there is one exactly when levels cannot be made', () => {
    const graphs = fc
      .integer({ min: 1, max: 8 })
      .chain((size) =>
        fc.array(fc.uniqueArray(fc.nat(size - 1), { maxLength: 3 }), { minLength: size, maxLength: size }),
      );
    fc.assert(
      fc.property(graphs, (needs) => {
        const graph = new Map(needs.map((list, at) => [`n${at}`, list.map((need) => `n${need}`)]));
        const cycle = shortestCycle(graph);
        const levels = () => stageLevels([...graph].map(([id, depends_on]) => ({ id, depends_on })));
        if (cycle === null) {
          expect(levels).not.toThrow();
          return;
        }
        expect(levels).toThrow('cycle');
        expect(cycle.at(0)).toBe(cycle.at(-1));
        cycle.slice(0, -1).forEach((id, at) => expect(graph.get(id)).toContain(cycle[at + 1]));
      }),
    );
  });
});
