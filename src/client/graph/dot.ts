import type { StageKind } from '../../engine/plan.js';
import type { GraphEdge, GraphModel, GraphNode } from './graph-model.js';

/** The graph in the DOT language of Graphviz: one column per wave, from left to right. */
export function toDot(model: GraphModel): string {
  const lines = [
    `digraph ${quote(model.title)} {`,
    `  graph [label=${quote(model.title)}, labelloc=t, rankdir=LR, newrank=true, nodesep=0.25, ranksep=0.6, fontname="Helvetica", fontsize=16]`,
    '  node [fontname="Courier", fontsize=10, margin="0.15,0.1", style=filled, fillcolor="#f5f7fa", color="#52606d", fontcolor="#1f2933"]',
    '  edge [color="#7b8794", arrowsize=0.7]',
    ...model.waves.flatMap((nodes, index) =>
      cluster(`wave_${index + 1}`, `wave ${index + 1}`, nodes, 'rank=same; '),
    ),
    ...model.edges.map(edgeLine),
    ...model.hooks.flatMap((hook) => [
      ...cluster(hook.name, hook.name, hook.nodes, ''),
      ...hook.edges.map(edgeLine),
    ]),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

/** The shape tells the kind. */
const SHAPES: Readonly<Record<StageKind, string>> = {
  uses: 'box',
  run: 'note',
  http: 'component',
  pipeline: 'folder',
  gate: 'octagon',
  set: 'cylinder',
  sleep: 'ellipse',
  until: 'ellipse',
  wait_for: 'ellipse',
  approval: 'invtrapezium',
  canary: 'house',
};

function cluster(key: string, label: string, nodes: readonly GraphNode[], rank: string): readonly string[] {
  return [
    `  subgraph ${quote(`cluster_${key}`)} {`,
    `    ${rank}label=${quote(label)}; fontsize=11; fontcolor="#7b8794"; color="#cbd2d9"; style=rounded`,
    ...nodes.map((node) => `    ${quote(node.key)} [${nodeAttributes(node)}]`),
    '  }',
  ];
}

function nodeAttributes(node: GraphNode): string {
  const styles = [
    'filled',
    ...(node.condition === null ? [] : ['dashed']),
    ...(node.off === null ? [] : ['dotted']),
  ];
  const attributes = [
    `label=${quote(labelOf(node))}`,
    `shape=${SHAPES[node.kind]}`,
    ...(styles.length > 1 ? [`style="${styles.join(',')}"`] : []),
    ...(node.isCritical ? ['penwidth=2'] : []),
    ...(node.off === null ? [] : ['color="#9aa5b1"', 'fontcolor="#9aa5b1"']),
  ];
  return attributes.join(', ');
}

function labelOf(node: GraphNode): string {
  return [
    node.name,
    `${node.kind} ${node.detail}`.trim(),
    ...node.notes,
    ...(node.condition === null ? [] : [`if ${node.condition}`]),
    ...(node.off === null ? [] : [node.off === 'mode' ? 'not in this mode' : 'disabled']),
  ].join('\n');
}

function edgeLine(edge: GraphEdge): string {
  const attributes = [
    ...(edge.isStream
      ? ['label="stream"', 'fontname="Helvetica"', 'fontsize=9']
      : edge.isImplied
        ? ['style=dashed']
        : []),
    ...(edge.isCritical ? ['penwidth=2', 'color="#1f2933"'] : []),
  ];
  const suffix = attributes.length === 0 ? '' : ` [${attributes.join(', ')}]`;
  return `  ${quote(edge.from)} -> ${quote(edge.to)}${suffix}`;
}

/** Graphviz reads escapes such as `\N` and HTML entities inside quotes, so both are taken literally here. */
function quote(text: string): string {
  const escaped = text
    .replaceAll('&', '&amp;')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll(/\p{Cc}/gu, ' ');
  return `"${escaped}"`;
}
