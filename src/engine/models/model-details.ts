import type { ModelEvent } from './model-event.js';
import type { ModelView } from './model-state.js';

const MOST_EVENTS = 20;

/** How a model stands, as Markdown for the Temporal Web UI: its aliases, and what happened last. */
export function modelDetails(view: ModelView, events: readonly ModelEvent[]): string {
  const aliases = view.aliases.filter(({ version }) => version !== null);
  const rows = aliases.map(({ alias, version, since, by, reason }) =>
    row([alias, version ?? '', since, by, reason]),
  );
  const last = events
    .slice(-MOST_EVENTS)
    .toReversed()
    .map((event) => row([event.at, event.by, eventWords(event)]));
  const latest = view.latest === null ? '' : `, the latest is \`${code(view.latest)}\``;
  return [
    `**${view.model}**: ${view.versions} versions${latest}`,
    rows.length === 0 ? 'Nothing is in use.' : table(['alias', 'version', 'since', 'by', 'reason'], rows),
    table(['when', 'by', 'what'], last),
  ].join('\n\n');
}

/** What happened, in words. */
export function eventWords(event: ModelEvent): string {
  switch (event.kind) {
    case 'registered':
      return `registered ${event.version}`;
    case 'marked':
      return `marked ${event.version} as ${event.status}: ${event.reason}`;
    case 'moved': {
      const { alias, version, previous, how, reason } = event;
      const change = `${previous ?? 'nothing'} → ${version ?? 'nothing'}`;
      return `${how === 'rollback' ? 'rolled back' : 'moved'} ${alias}: ${change} (${reason})`;
    }
  }
}

function table(titles: readonly string[], rows: readonly string[]): string {
  return [row(titles), `|${titles.map(() => '---').join('|')}|`, ...rows].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |`;
}

function cell(text: string): string {
  return text.slice(0, 200).replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
}

function code(text: string): string {
  return text.replaceAll('`', '');
}
