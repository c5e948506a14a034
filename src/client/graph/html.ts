import type { GraphModel, GraphNode } from './graph-model.js';
import { toSvg } from './svg.js';

/** A page that needs nothing else: the drawing, what its shapes mean, and a table of the stages. */
export async function toHtml(model: GraphModel): Promise<string> {
  const svg = await toSvg(model);
  const rows = [
    ...model.waves.flatMap((nodes, index) => nodes.map((node) => row(String(index + 1), node))),
    ...model.hooks.flatMap((hook) => hook.nodes.map((node) => row(hook.name, node))),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(model.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<figure>${svg}</figure>
<p>${LEGEND}</p>
<table>
<thead><tr><th>Wave</th><th>Stage</th><th>Kind</th><th>What it does</th><th>Condition</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</main>
</body>
</html>
`;
}

const LEGEND = [
  'Stages of one column can run at the same time.',
  'Bold: the longest chain.',
  'Dashed arrow: implied by an expression.',
  'Arrow marked stream: starts with the stage before it, and takes its chunks as they come.',
  'Dashed border: runs on a condition.',
  'Shapes: box uses, sheet run, plugged box http, folder pipeline, octagon gate, drum set, ellipse a wait.',
].join(' ');

const STYLE = `
:root { color-scheme: light; }
body { margin: 0; font: 14px/1.5 system-ui, sans-serif; color: #1f2933; background: #fff; }
main { padding: 24px; }
figure { margin: 0; overflow: auto; border: 1px solid #e4e7eb; border-radius: 8px; padding: 12px; }
p { color: #616e7c; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid #e4e7eb; vertical-align: top; }
th { color: #616e7c; font-weight: 500; }
tr.off td { color: #9aa5b1; }
code { font: 12px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
`;

function row(wave: string, node: GraphNode): string {
  const cells = [
    escapeHtml(wave),
    escapeHtml(node.name),
    escapeHtml(node.kind),
    [node.detail, ...node.notes].map(code).join('<br>'),
    node.condition === null ? '' : code(node.condition),
  ];
  const attribute = node.off === null ? '' : ' class="off"';
  return `<tr${attribute}>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function code(text: string): string {
  return text === '' ? '' : `<code>${escapeHtml(text)}</code>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
