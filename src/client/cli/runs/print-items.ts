import type { ItemStatus, ListedItems, MapItem } from '../../items/item-list.js';
import type { StageItems } from '../../items/stage-items.js';
import { itemWords } from '../../../engine/item-words.js';
import { oneLine } from '../../render/printable.js';
import { errorWords, statusColour, statusSign } from '../../render/wording.js';
import type { CliContext, Colours } from '../context.js';
import { formatTable } from '../output.js';

const COLUMNS = [
  { title: 'Item', align: 'right' },
  { title: 'Status' },
  { title: 'Attempts', align: 'right' },
  { title: 'Error' },
] as const;

/** Prints items of a stage: a line of numbers and a table, or with `--json` the document. */
export function printItems(cli: CliContext, listing: StageItems, wanted: ListedItems): void {
  if (cli.isJson) return cli.json(listing);
  const colours = cli.colours.stdout;
  const status = statusColour(listing.status, colours)(listing.status.replaceAll('_', ' '));
  cli.print(`${colours.bold(oneLine(listing.stage))}  ${status}, ${itemWords(listing)}`);
  if (listing.items.length > 0) {
    const rows = listing.items.map((item) => rowOf(item, colours));
    cli.print(`\n${formatTable(COLUMNS, rows, colours)}`);
  }
  if (listing.more === 0) return;
  const kind = wanted === 'all' ? '' : ` ${wanted}`;
  const hint =
    listing.status === 'running'
      ? 'which they are is known when the stage has ended'
      : 'list them with a higher --limit';
  cli.note(colours.dim(`\n${listing.more} more${kind} items; ${hint}.`));
}

function rowOf({ index, status, attempts, error }: MapItem, colours: Colours): readonly string[] {
  const colour = statusColour(status, colours);
  return [
    String(index),
    colour(`${statusSign(status)} ${WORDS[status]}`),
    attempts === null ? '' : String(attempts),
    error === null ? '' : errorWords(error),
  ];
}

const WORDS: Readonly<Record<ItemStatus, string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  running: 'running',
  pending: 'not started',
};
