import type { Plan } from '../../../engine/plan.js';
import type { JsonObject } from '../../../shared/json.js';
import { loadConfig } from '../../../worker/config.js';
import type { RollBackFlags } from '../commands/models.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';
import { loadPlan } from '../load-plan.js';
import { checkRunRequest } from '../runs/check-run-request.js';
import { readJson } from '../runs/read-pairs.js';
import { withSession } from '../runs/session.js';
import { startAndFollow } from '../runs/start-and-follow.js';
import { whoIs } from '../who.js';
import { requireInput, takes } from './definition-inputs.js';
import { moveBack } from './move-alias.js';

/**
 * Does what `sluice models rollback` promises: by the definition that the configuration names for it, which moves the
 * traffic, too; where there is none, or with `--alias-only`, in the registry alone.
 */
export async function rollBack(cli: CliContext, model: string, flags: RollBackFlags): Promise<void> {
  const { rollbacks } = await loadConfig(cli.cwd);
  const definition = rollbacks.get(model);
  if (definition === undefined || flags.aliasOnly === true) {
    const isKnown = definition !== undefined;
    if (flags.detach === true) refuseToDetach(model, isKnown);
    return moveBack(cli, model, { flags, definition: isKnown ? definition : null });
  }
  cli.interruption();
  const { plan, config } = await loadPlan(cli, definition);
  const inputs = rollbackInputs(cli, plan, { model, flags });
  checkRunRequest(plan, { inputs, mode: null });
  await withSession(cli, { flags, config }, async (session) => {
    const { models } = session.client;
    await session.ensureWorkerOf({ taskQueue: await models.taskQueueOf(model) });
    const { alias, to } = flags;
    // Refused here, before anything starts, where it would be refused in the end.
    const { version } = await models.rollbackTarget(model, { alias, ...(to === undefined ? {} : { to }) });
    cli.note(
      `${alias} of ${model} goes back to ${version}, with its traffic, by pipeline "${plan.pipeline}".`,
    );
    await startAndFollow(cli, session, flags, (memo) => session.client.start(plan, { inputs, memo }));
  });
}

/** What the command says, as far as the definition takes it. */
function rollbackInputs(
  cli: CliContext,
  plan: Plan,
  { model, flags }: { readonly model: string; readonly flags: RollBackFlags },
): JsonObject {
  const { alias, reason, to, expect, evidence, as } = flags;
  const place = takes(plan, 'alias') ? 'alias' : 'environment';
  if (alias !== 'production') requireInput(plan, place, 'so it cannot be told which alias to roll back');
  if (to !== undefined) requireInput(plan, 'to_version', 'so --to has no effect');
  if (expect !== undefined) requireInput(plan, 'version', 'so --expect has no effect');
  if (evidence !== undefined) requireInput(plan, 'evidence', 'so --evidence has no effect');
  const all = {
    model,
    [place]: alias,
    reason,
    by: whoIs(cli, as),
    ...(to === undefined ? {} : { to_version: to }),
    ...(expect === undefined ? {} : { version: expect }),
    ...(evidence === undefined ? {} : { evidence: readJson(evidence, '--evidence') }),
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => takes(plan, name)));
}

function refuseToDetach(model: string, isKnown: boolean): never {
  throw new UsageError('--detach is for a rollback that runs a definition, and this one moves an alias.', {
    hint: isKnown
      ? 'Leave --detach or --alias-only out.'
      : `Leave it out, or name a definition in the configuration: models: { '${model}': { rollback: 'pipelines/rollback.yaml' } }.`,
  });
}
