import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toDot } from '../../../../src/client/graph/dot.js';
import { graphModel } from '../../../../src/client/graph/graph-model.js';
import { toHtml } from '../../../../src/client/graph/html.js';
import { toMermaid } from '../../../../src/client/graph/mermaid.js';
import { toSvg } from '../../../../src/client/graph/svg.js';
import { aMap } from '../../../support/a-map.js';
import { aPlan, aStage } from '../../../support/a-plan.js';
import { EXAMPLE } from './example-plan.js';

const HOSTILE = [
  '<script>alert(1)</script>',
  '"; } digraph x { "',
  '%%{init: {"theme": "dark"}}%%',
  '\\N \\G \\l &lt;b&gt;',
  '"]\n  click s1 "javascript:alert(1)"',
  '</title><img src=x onerror=alert(1)>',
  '$$\\href{javascript:x}{y}$$ `**bold**`',
] as const;

const hostileModel = graphModel(
  aPlan(
    HOSTILE.map((text, index) => aStage(`s${index}`, { name: text, condition: text })),
    { pipeline: '<b>"name"</b>' },
  ),
);

describe('the model of a graph', () => {
  test('puts stages that can run at the same time into one wave', () => {
    const names = graphModel(EXAMPLE).waves.map((nodes) => nodes.map((node) => node.key));
    expect(names).toEqual([
      ['load', 'fetch', 'dawn'],
      ['check', 'note', 'pause', 'file'],
      ['compute'],
      ['publish'],
    ]);
  });

  test('marks the edges that only an expression implies, and those of the longest chain', () => {
    const { edges } = graphModel(EXAMPLE);
    const shown = edges.filter((edge) => edge.to === 'compute');
    expect(shown).toEqual([
      { from: 'check', to: 'compute', isImplied: false, isStream: false, isCritical: true },
      { from: 'load', to: 'compute', isImplied: true, isStream: false, isCritical: false },
    ]);
  });

  test('marks the edge to a map over a stream, which no expression implies', () => {
    const each = aStage('each', {
      depends_on: ['tell'],
      implied: ['tell'],
      map: aMap({ over: { type: 'stream', stage: 'tell' } }),
    });
    const model = graphModel(aPlan([aStage('tell'), each]));
    expect(model.edges).toEqual([
      { from: 'tell', to: 'each', isImplied: false, isStream: true, isCritical: true },
    ]);
    expect(toMermaid(model)).toContain('s1 ==>|stream| s2');
    expect(toDot(model)).toContain('"tell" -> "each" [label="stream"');
    expect(model.waves[1]?.[0]?.notes).toEqual(['for each item of the stream of tell']);
  });

  test('greys out what is disabled and what a mode leaves out', () => {
    const off = graphModel(EXAMPLE, 'quick')
      .waves.flat()
      .filter((node) => node.off !== null);
    expect(off.map((node) => [node.key, node.off])).toEqual([
      ['fetch', 'mode'],
      ['dawn', 'mode'],
      ['note', 'mode'],
      ['pause', 'disabled'],
      ['file', 'mode'],
      ['compute', 'mode'],
      ['publish', 'mode'],
    ]);
  });

  test('keeps hooks apart from stages of the same ID', () => {
    const model = graphModel(
      aPlan([aStage('a')], { hooks: { on_success: [aStage('a')], on_failure: [], finally: [] } }),
    );
    expect(model.hooks[0]?.nodes[0]?.key).toBe('on_success.a');
  });
});

describe('renderers', () => {
  test('write Mermaid', async () => {
    await expect(toMermaid(graphModel(EXAMPLE))).toMatchFileSnapshot('golden/market-data.mmd');
  });

  test('write DOT', async () => {
    await expect(toDot(graphModel(EXAMPLE))).toMatchFileSnapshot('golden/market-data.dot');
  });

  test('draw SVG with every stage and every edge', async () => {
    const svg = await toSvg(graphModel(EXAMPLE));
    expect(svg).toMatch(/^<svg/);
    expect(svg.match(/class="node"/g)).toHaveLength(12);
    expect(svg.match(/class="edge"/g)).toHaveLength(9);
    expect(svg).toContain('Load prices');
    expect(svg).toContain('wave 4');
  });

  test('write an HTML page that loads nothing from elsewhere', async () => {
    const html = await toHtml(graphModel(EXAMPLE));
    expect(html).toContain("default-src 'none'");
    expect(html.replaceAll(/xmlns(:xlink)?="[^"]*"/g, '')).not.toMatch(/(src|href)=|<script|@import|url\(/);
    expect(html).toContain('<td>Load prices</td>');
    expect(html).toContain('<code>stages.load.output.rows &#62; 100</code>');
  });

  test('draw a plan of one stage', async () => {
    expect(await toSvg(graphModel(aPlan([aStage('only')])))).toContain('>only<');
  });
});

describe('labels made of hostile text', () => {
  test('are only ever text in HTML and SVG', async () => {
    const html = await toHtml(hostileModel);
    expect(html).not.toMatch(/<script|<img|<b>|javascript:[^<]*">/);
    expect(html.match(/<title>/g)?.length).toBeGreaterThan(HOSTILE.length);
  });

  test('do not end a DOT string', async () => {
    const dot = toDot(hostileModel);
    const outsideStrings = dot.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
    expect(outsideStrings).not.toContain('digraph x');
    expect(outsideStrings.match(/label=/g)).toHaveLength(HOSTILE.length + 2);
    expect(await toSvg(hostileModel)).toContain('\\N \\G \\l &amp;lt;b&amp;gt;');
  });

  test('leave Mermaid no markup, directive, formula or click', () => {
    const mermaid = toMermaid(hostileModel);
    const labels = mermaid.match(/"[^"]*"/g) ?? [];
    expect(labels).toHaveLength(HOSTILE.length + 1);
    for (const label of labels) expect(label.replaceAll('<br/>', '')).not.toMatch(/[<>&%$`{}\n]/);
    expect(mermaid).not.toMatch(/^\s*click/m);
  });

  test('draw whatever the text is', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(text, text, async (name, condition) => {
        const plan = aPlan([aStage('a', { name, condition }), aStage('b', { depends_on: ['a'] })]);
        const html = await toHtml(graphModel({ ...plan, pipeline: name }));
        expect(html.match(/class="node"/g)).toHaveLength(2);
        expect(html.match(/<tr/g)).toHaveLength(3);
      }),
      { numRuns: 20, seed: 7 },
    );
  });
});
