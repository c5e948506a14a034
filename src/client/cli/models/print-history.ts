import { eventWords } from '../../../engine/models/model-details.js';
import { oneLine } from '../../render/printable.js';
import type { ListModelsFlags } from '../commands/models.js';
import type { CliContext } from '../context.js';
import { formatTable } from '../output.js';
import { withModel } from './with-model.js';

const COLUMNS = [
  { title: '#', align: 'right' as const },
  { title: 'When' },
  { title: 'By' },
  { title: 'What', width: 60 },
];

/** Does what `sluice models history` promises. */
export async function printModelHistory(
  cli: CliContext,
  model: string,
  { limit, alias, ...flags }: ListModelsFlags,
): Promise<void> {
  const events = await withModel(cli, model, flags, (models) =>
    models.history(model, {
      ...(limit === undefined ? {} : { limit }),
      ...(alias === undefined ? {} : { alias }),
    }),
  );
  if (cli.isJson) return cli.json({ model, events });
  if (events.length === 0) return cli.note(`${alias ?? 'The model'} was never moved.`);
  const rows = events.map((event) => [
    String(event.seq),
    event.at.slice(0, 19).replace('T', ' '),
    oneLine(event.by),
    oneLine(eventWords(event)),
  ]);
  cli.print(formatTable(COLUMNS, rows, cli.colours.stdout));
}
