import type { ModelView } from '../../../engine/models/model-state.js';
import type { ModelVersionView } from '../../../engine/models/model-version.js';
import type { AliasMeaning } from '../../models/alias-at.js';
import { oneLine } from '../../render/printable.js';
import type { ShowModelFlags } from '../commands/models.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';
import { formatTable } from '../output.js';
import { withSession } from '../runs/session.js';
import { rounded } from './print-models.js';
import { withModel } from './with-model.js';

type Named = { readonly model: string; readonly version: string | undefined };

/** Does what `sluice models show` promises. */
export async function showModel(
  cli: CliContext,
  { model, version }: Named,
  flags: ShowModelFlags,
): Promise<void> {
  const { alias, at } = flags;
  if (version !== undefined && (alias !== undefined || at !== undefined)) {
    throw new UsageError('A version is named, and an alias or a time too.', { hint: 'Give one of them.' });
  }
  if (at !== undefined) {
    const meaning = await withModel(cli, model, flags, (models) =>
      models.at(model, alias ?? 'production', at),
    );
    return cli.isJson ? cli.json(meaning) : cli.print(meaningWords(meaning));
  }
  if (version === undefined && alias === undefined) {
    const view = await withSession(cli, { flags }, ({ client }) => client.models.view(model));
    return cli.isJson ? cli.json(view) : printView(cli, view);
  }
  const what = version === undefined ? { alias: alias ?? '' } : { version };
  const found = await withModel(cli, model, flags, (models) => models.find(model, what));
  if (cli.isJson) return cli.json({ model, ...found });
  printVersion(cli, model, found);
}

function meaningWords({ model, alias, at, version, since, until, by, reason }: AliasMeaning): string {
  const name = `${alias} of ${oneLine(model)}`;
  if (version === null) return `At ${at} ${name} meant nothing.`;
  const end = until === null ? 'and still is' : `until ${until}`;
  return `At ${at} ${name} was ${version}: since ${since}, ${end}, by ${oneLine(by ?? '')} (${oneLine(reason ?? '')}).`;
}

const ALIAS_COLUMNS = [
  { title: 'Alias' },
  { title: 'Version' },
  { title: 'Before' },
  { title: 'Since' },
  { title: 'By' },
  { title: 'Reason', width: 40 },
];

function printView(cli: CliContext, view: ModelView): void {
  const { model, versions, latest, aliases, created_at } = view;
  const count = versions === 1 ? '1 version' : `${versions} versions`;
  cli.print(`${oneLine(model)}: ${count} since ${created_at}, the latest is ${latest ?? 'none'}`);
  if (aliases.length === 0) return cli.print('No alias means a version yet.');
  const rows = aliases.map(({ alias, version, previous, since, by, reason }) => [
    alias,
    version ?? '–',
    previous ?? '–',
    since.slice(0, 19).replace('T', ' '),
    oneLine(by),
    oneLine(reason),
  ]);
  cli.print(formatTable(ALIAS_COLUMNS, rows, cli.colours.stdout));
}

function printVersion(cli: CliContext, model: string, found: ModelVersionView): void {
  const { version, status, status_reason, aliases, description, artifact, run } = found;
  const lines: readonly (readonly [string, string | null])[] = [
    ['Status', status_reason === null ? status : `${status}: ${oneLine(status_reason)}`],
    ['Aliases', aliases.length === 0 ? null : aliases.join(', ')],
    ['Registered', `${found.registered_at} by ${oneLine(found.registered_by)}`],
    ['From run', run === null ? null : `${run.workflow_id}, stage ${run.stage}`],
    ['Description', description === null ? null : oneLine(description)],
    [
      'Artifact',
      artifact === null ? null : `${artifact.name}, ${artifact.size_bytes} bytes, sha256 ${artifact.sha256}`,
    ],
    ['Data', found.data_fingerprint === null ? null : oneLine(found.data_fingerprint)],
    ['Metrics', pairs(Object.entries(found.metrics).map(([name, value]) => [name, rounded(value)]))],
    ['Labels', pairs(Object.entries(found.labels))],
    [
      'Parameters',
      pairs(Object.entries(found.parameters).map(([name, value]) => [name, JSON.stringify(value)])),
    ],
  ];
  cli.print(`${oneLine(model)} ${version}`);
  for (const [title, text] of lines) {
    if (text !== null) cli.print(`  ${cli.colours.stdout.dim(title.padEnd(11))} ${text}`);
  }
}

function pairs(entries: ReadonlyArray<readonly [string, string]>): string | null {
  if (entries.length === 0) return null;
  return entries.map(([name, value]) => `${oneLine(name)} ${oneLine(value)}`).join(', ');
}
