import { text } from './table.js';

export type Section = { readonly title: string; readonly note?: string; readonly body: string };

export type Page = {
  readonly title: string;
  readonly subtitle: string;
  readonly cards: ReadonlyArray<{ readonly label: string; readonly value: string; readonly note: string }>;
  readonly sections: readonly Section[];
  readonly footer: string;
};

/** One HTML file that needs nothing else: styles and charts are inside. */
export function renderPage(page: Page): string {
  const cards = page.cards.map(
    (card) =>
      `<div class="card"><span>${text(card.label)}</span><b>${text(card.value)}</b><span>${text(card.note)}</span></div>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(page.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>${text(page.title)}</h1><p>${text(page.subtitle)}</p></header>
<main>
<div class="cards">${cards.join('\n')}</div>
${page.sections.map(renderSection).join('\n')}
</main>
<footer>${text(page.footer)}</footer>
</body>
</html>
`;
}

/** Charts or tables side by side, each under its own small title. */
export function columns(parts: ReadonlyArray<{ readonly title: string; readonly body: string }>): string {
  const cells = parts.map(
    (part) => `<figure><figcaption>${text(part.title)}</figcaption>${part.body}</figure>`,
  );
  return `<div class="columns">${cells.join('\n')}</div>`;
}

function renderSection(section: Section): string {
  const note = section.note === undefined ? '' : `<p class="note">${text(section.note)}</p>`;
  return `<section><h2>${text(section.title)}</h2>${note}${section.body}</section>`;
}

const STYLE = `
:root { color: #1f2937; background: #f3f4f6; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 1160px; padding: 24px 16px 40px; }
h1 { margin: 0; font-size: 28px; letter-spacing: -0.02em; }
h2 { margin: 0 0 4px; font-size: 18px; }
header p, .note, footer { margin: 2px 0 12px; color: #6b7280; }
section { margin: 16px 0; padding: 18px 20px; background: #fff; border: 1px solid #e5e7eb; border-radius: 10px; }
svg { display: block; width: 100%; height: auto; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 12px; margin-top: 16px; }
.card { display: flex; flex-direction: column; padding: 12px 16px; background: #fff; border: 1px solid #e5e7eb; border-radius: 10px; }
.card b { font-size: 22px; font-weight: 650; letter-spacing: -0.01em; }
.card span, figcaption { color: #6b7280; font-size: 13px; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 20px; margin-top: 12px; }
figure { margin: 0; min-width: 0; }
figcaption { margin-bottom: 4px; font-weight: 600; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
th { color: #6b7280; font-weight: 500; font-size: 13px; }
th, td { padding: 5px 10px; border-bottom: 1px solid #f0f1f3; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; text-align: left; }
table.words { margin-top: 14px; }
.words th, .words td { text-align: left; white-space: normal; }
.words td:last-child { width: 75%; }
td.down { color: #dc2626; }
`;
