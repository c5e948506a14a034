import type { MoveAnswer } from '../../../engine/models/model-event.js';
import type { MarkFlags, MoveFlags, RollBackFlags } from '../commands/models.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';
import { readJson } from '../runs/read-pairs.js';
import { whoIs } from '../who.js';
import { withModel } from './with-model.js';

type Named = { readonly model: string; readonly version: string };

/** Does what `sluice models promote` promises. */
export async function promote(cli: CliContext, { model, version }: Named, flags: MoveFlags): Promise<void> {
  const wish = wishOf(cli, flags);
  const answer = await withModel(cli, model, flags, (models) => models.move(model, { ...wish, version }));
  tell(cli, answer, `to send traffic, too: sluice models deploy ${model} VERSION`);
}

/** Does what `sluice models clear` promises. */
export async function clearAlias(cli: CliContext, model: string, flags: MoveFlags): Promise<void> {
  const wish = wishOf(cli, flags);
  const answer = await withModel(cli, model, flags, (models) =>
    models.move(model, { ...wish, version: null }),
  );
  tell(cli, answer);
}

/** Moves an alias back in the registry alone. `definition`: the one that would have moved the traffic, too. */
export async function moveBack(
  cli: CliContext,
  model: string,
  { flags, definition }: { readonly flags: RollBackFlags; readonly definition: string | null },
): Promise<void> {
  const wish = wishOf(cli, flags);
  const { to } = flags;
  const answer = await withModel(cli, model, flags, (models) =>
    models.rollBack(model, { ...wish, ...(to === undefined ? {} : { to }) }),
  );
  const hint =
    definition === null
      ? `to move traffic, too, name a definition in the configuration: models: { '${model}': { rollback: 'pipelines/rollback.yaml' } }`
      : 'leave --alias-only out to move traffic, too';
  tell(cli, answer, hint);
}

/** Does what `sluice models mark` promises. */
export async function markVersion(
  cli: CliContext,
  { model, version }: Named,
  flags: MarkFlags,
): Promise<void> {
  const { failed, ready, reason, as } = flags;
  if (failed !== true && ready !== true) {
    throw new UsageError('It is not said how to mark the version.', { hint: 'Give --failed or --ready.' });
  }
  const status = failed === true ? 'failed' : 'ready';
  const request = { version, status, reason, by: whoIs(cli, as) } as const;
  const changed = await withModel(cli, model, flags, (models) => models.mark(model, request));
  if (cli.isJson) return cli.json({ model, version, status, changed });
  cli.note(
    changed ? `${model} ${version} is marked as ${status}.` : `${model} ${version} was ${status} already.`,
  );
}

function wishOf(cli: CliContext, { alias, reason, expect, evidence, as }: MoveFlags) {
  return {
    alias,
    reason,
    by: whoIs(cli, as),
    ...(expect === undefined ? {} : { expected: expect === 'none' ? null : expect }),
    ...(evidence === undefined ? {} : { evidence: readJson(evidence, '--evidence') }),
  };
}

function tell(cli: CliContext, answer: MoveAnswer, hint?: string): void {
  if (cli.isJson) return cli.json(answer);
  const { model, alias, version, previous } = answer;
  const before = previous === null ? 'it meant nothing before' : `it was ${previous} before`;
  cli.note(`${alias} of ${model} is ${version ?? 'nothing'} now; ${before}.`);
  if (hint === undefined) return;
  const { dim } = cli.colours.stderr;
  cli.note(dim(`Only the alias moved, and no traffic; ${hint}.`));
}
