import { suggest } from '../../../definition/suggest.js';
import type { Plan } from '../../../engine/plan.js';
import type { JsonObject } from '../../../shared/json.js';
import { loadConfig } from '../../../worker/config.js';
import type { DeployFlags } from '../commands/models.js';
import type { CliContext } from '../context.js';
import { CliError, EXIT, UsageError } from '../errors.js';
import { readInputs } from '../inputs.js';
import { loadPlan } from '../load-plan.js';
import { checkRunRequest } from '../runs/check-run-request.js';
import { type Session, withSession } from '../runs/session.js';
import { startAndFollow } from '../runs/start-and-follow.js';
import { requireInput, takes } from './definition-inputs.js';

type Named = { readonly model: string; readonly version: string };

/** Does what `sluice models deploy` promises. What can be wrong with the version is found before anything starts. */
export async function deployModel(cli: CliContext, named: Named, flags: DeployFlags): Promise<void> {
  cli.interruption();
  const { plan, config } = await loadPlan(cli, await deploymentOf(cli, named.model));
  const inputs = {
    ...deployInputs(plan, named, flags),
    ...(await readInputs(cli, plan.inputs, flags)),
  };
  const mode = flags.mode ?? null;
  checkRunRequest(plan, { inputs, mode });
  await withSession(cli, { flags, config }, async (session) => {
    await requireDeployable(session, named);
    await startAndFollow(cli, session, flags, (memo) =>
      session.client.start(plan, {
        inputs,
        mode,
        memo,
        ...(flags.id === undefined ? {} : { key: flags.id }),
      }),
    );
  });
}

/** The file of the definition that deploys a model. */
async function deploymentOf(cli: CliContext, model: string): Promise<string> {
  const { deployments, file } = await loadConfig(cli.cwd);
  const found = deployments.get(model);
  if (found !== undefined) return found;
  const known = [...deployments.keys()];
  const near = suggest(model, known);
  const others = known.length === 0 ? '' : ` Models that are: ${known.join(', ')}.`;
  throw new UsageError(
    `${file ?? 'The configuration'} does not say how to deploy model "${model}".${near === null ? '' : ` Did you mean "${near}"?`}`,
    {
      code: 'no_deployment',
      hint: `Name a definition there: models: { '${model}': { deploy: 'pipelines/deploy.yaml' } }.${others}`,
    },
  );
}

/** What the command says, as far as the definition takes it. */
function deployInputs(plan: Plan, { model, version }: Named, { canaryPercentage }: DeployFlags): JsonObject {
  requireInput(plan, 'version', 'so it cannot be told which version to deploy');
  if (canaryPercentage !== undefined) {
    requireInput(plan, 'canary_percentage', 'so --canary-percentage has no effect');
  }
  return {
    version,
    ...(takes(plan, 'model') ? { model } : {}),
    ...(canaryPercentage === undefined ? {} : { canary_percentage: canaryPercentage }),
  };
}

/** Refuses what the registry would refuse in the end, after hours of a canary. */
async function requireDeployable(session: Session, { model, version }: Named): Promise<void> {
  const { models } = session.client;
  await session.ensureWorkerOf({ taskQueue: await models.taskQueueOf(model) });
  const { status, status_reason, aliases } = await models.find(model, { version });
  if (status === 'failed') {
    throw new CliError(`Version "${version}" of model "${model}" has failed: ${status_reason ?? ''}`, {
      code: 'version_failed',
      exitCode: EXIT.failed,
      hint: `If it is good after all: sluice models mark ${model} ${version} --ready --reason "…"`,
    });
  }
  if (!aliases.includes('production')) return;
  throw new CliError(`Version "${version}" of model "${model}" is in production already.`, {
    code: 'already_live',
    exitCode: EXIT.failed,
    hint: `See since when: sluice models show ${model}`,
  });
}
