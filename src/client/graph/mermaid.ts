import type { StageKind } from '../../engine/plan.js';
import type { GraphEdge, GraphModel, GraphNode } from './graph-model.js';

/** The graph as a Mermaid flowchart, which GitHub, GitLab and many editors draw inside Markdown. */
export function toMermaid(model: GraphModel): string {
  const names = new Map<string, string>();
  for (const node of [...model.waves.flat(), ...model.hooks.flatMap((hook) => hook.nodes)]) {
    names.set(node.key, `s${names.size + 1}`);
  }
  const nameOf = (key: string) => names.get(key) ?? key;
  const lines = [
    'flowchart LR',
    ...model.waves.flatMap((nodes, index) =>
      subgraph(`wave${index + 1}`, `wave ${index + 1}`, nodes, nameOf),
    ),
    ...model.edges.map((edge) => edgeLine(edge, nameOf)),
    ...model.hooks.flatMap((hook) => [
      ...subgraph(`hook_${hook.name}`, hook.name, hook.nodes, nameOf),
      ...hook.edges.map((edge) => edgeLine(edge, nameOf)),
    ]),
    ...CLASSES,
  ];
  return `${lines.join('\n')}\n`;
}

/** The shape tells the kind. */
const SHAPES: Readonly<Record<StageKind, readonly [open: string, close: string]>> = {
  uses: ['[', ']'],
  run: ['(', ')'],
  http: ['>', ']'],
  pipeline: ['[[', ']]'],
  gate: ['{{', '}}'],
  set: ['[/', '/]'],
  sleep: ['([', '])'],
  until: ['([', '])'],
  wait_for: ['([', '])'],
  approval: ['[\\', '/]'],
  canary: ['[/', '\\]'],
};

const CLASSES: readonly string[] = [
  '  classDef conditional stroke-dasharray: 5 3',
  '  classDef critical stroke-width: 3px',
  '  classDef off fill: #eeeeee, stroke: #bbbbbb, color: #999999',
];

type NameOf = (key: string) => string;

function subgraph(id: string, title: string, nodes: readonly GraphNode[], nameOf: NameOf): readonly string[] {
  return [
    `  subgraph ${id} ["${escapeLabel(title)}"]`,
    ...nodes.map((node) => `    ${nodeText(node, nameOf)}`),
    '  end',
    ...nodes.flatMap((node) => classesOf(node).map((name) => `  class ${nameOf(node.key)} ${name}`)),
  ];
}

function nodeText(node: GraphNode, nameOf: NameOf): string {
  const [open, close] = SHAPES[node.kind];
  const lines = [
    node.name,
    `${node.kind} ${node.detail}`.trim(),
    ...node.notes,
    ...(node.condition === null ? [] : [`if ${node.condition}`]),
  ];
  return `${nameOf(node.key)}${open}"${lines.map(escapeLabel).join('<br/>')}"${close}`;
}

function classesOf(node: GraphNode): readonly string[] {
  return [
    ...(node.condition === null ? [] : ['conditional']),
    ...(node.isCritical ? ['critical'] : []),
    ...(node.off === null ? [] : ['off']),
  ];
}

function edgeLine(edge: GraphEdge, nameOf: NameOf): string {
  const arrow = edge.isCritical ? '==>' : edge.isImplied ? '-.->' : '-->';
  const label = edge.isStream ? '|stream|' : '';
  return `  ${nameOf(edge.from)} ${arrow}${label} ${nameOf(edge.to)}`;
}

/**
 * Mermaid knows no quoting inside a label, only character codes. All but plain text is coded, because markup,
 * `%%{…}%%` directives and `$$…$$` formulas work inside quotes too.
 */
function escapeLabel(text: string): string {
  return text.replaceAll(
    /[^\p{L}\p{N}\p{M} ,.:_()/=+…-]/gu,
    (character) => `#${character.codePointAt(0) ?? 32};`,
  );
}
