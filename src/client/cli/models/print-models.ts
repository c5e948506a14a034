import type { ModelView } from '../../../engine/models/model-state.js';
import type { ModelVersionView } from '../../../engine/models/model-version.js';
import { oneLine } from '../../render/printable.js';
import { duration } from '../../render/wording.js';
import type { ListModelsFlags } from '../commands/models.js';
import type { CliContext } from '../context.js';
import { formatTable } from '../output.js';
import type { ConnectionFlags } from '../runs/connection-options.js';
import { withSession } from '../runs/session.js';
import { withModel } from './with-model.js';

const MODEL_COLUMNS = [
  { title: 'Model' },
  { title: 'Production' },
  { title: 'For', align: 'right' as const },
  { title: 'Canary' },
  { title: 'Staging' },
  { title: 'Latest' },
  { title: 'Versions', align: 'right' as const },
];

/** Does what `sluice models list` promises. */
export async function printModels(cli: CliContext, flags: ConnectionFlags): Promise<void> {
  const models = await withSession(cli, { flags }, ({ client }) => client.models.list());
  if (cli.isJson) return cli.json({ models });
  if (models.length === 0) return cli.note('There are no models yet. Add one with: sluice models register');
  const now = Date.now();
  const rows = models.map((model) => modelRow(model, now));
  cli.print(formatTable(MODEL_COLUMNS, rows, cli.colours.stdout));
}

function modelRow({ model, aliases, latest, versions }: ModelView, now: number): readonly string[] {
  const meaning = (name: string) => aliases.find(({ alias }) => alias === name);
  const live = meaning('production');
  return [
    oneLine(model),
    live?.version ?? '–',
    live === undefined ? '' : duration(now - Date.parse(live.since)),
    meaning('canary')?.version ?? '–',
    meaning('staging')?.version ?? '–',
    latest ?? '–',
    String(versions),
  ];
}

const VERSION_COLUMNS = [
  { title: 'Version' },
  { title: 'Status' },
  { title: 'Aliases' },
  { title: 'Registered' },
  { title: 'By' },
  { title: 'Metrics', width: 40 },
];

/** Does what `sluice models versions` promises. */
export async function printVersions(cli: CliContext, model: string, flags: ListModelsFlags): Promise<void> {
  const { limit } = flags;
  const versions = await withModel(cli, model, flags, (models) =>
    models.versions(model, limit === undefined ? {} : { limit }),
  );
  if (cli.isJson) return cli.json({ model, versions });
  const { red } = cli.colours.stdout;
  const rows = versions.map((version) => [
    version.version,
    version.status === 'failed' ? red('failed') : version.status,
    version.aliases.join(', '),
    version.registered_at.slice(0, 19).replace('T', ' '),
    oneLine(version.registered_by),
    metricWords(version),
  ]);
  cli.print(formatTable(VERSION_COLUMNS, rows, cli.colours.stdout));
}

const MOST_METRICS = 4;

function metricWords({ metrics }: ModelVersionView): string {
  const all = Object.entries(metrics);
  const more = all.length > MOST_METRICS ? ', …' : '';
  return (
    all
      .slice(0, MOST_METRICS)
      .map(([name, value]) => `${oneLine(name)} ${rounded(value)}`)
      .join(', ') + more
  );
}

/** A number as people read it: at most four digits after the point. */
export function rounded(value: number): string {
  return String(Number(value.toFixed(4)));
}
