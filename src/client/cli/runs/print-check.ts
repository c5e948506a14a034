import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { unpackPlan } from '../../../engine/pack-plan.js';
import type { Plan } from '../../../engine/plan.js';
import { loadConfig, type LoadedConfig } from '../../../worker/config.js';
import { checkPipeline, type PipelineVerdict } from '../../check/check-pipeline.js';
import { oneLine } from '../../render/printable.js';
import { readRunInput } from '../../resume/read-run-input.js';
import { isPipelineName } from '../../run-id.js';
import type { CheckFlags } from '../commands/check.js';
import type { CliContext } from '../context.js';
import { EXIT } from '../errors.js';
import { loadPlan } from '../load-plan.js';
import { formatTable } from '../output.js';
import { type Session, withSession } from './session.js';

/** Does what `sluice check` promises. */
export async function printCheck(cli: CliContext, pipeline: string, flags: CheckFlags): Promise<void> {
  const loaded = (await isDefinition(cli, pipeline)) ? await loadPlan(cli, pipeline) : null;
  const config: { readonly config?: LoadedConfig } = loaded === null ? {} : { config: loaded.config };
  const verdict = await withSession(cli, { flags, ...config }, async (session) => {
    const plan = loaded?.plan ?? (await planOfLatest(session, pipeline));
    return checkPipeline(session.client.temporal, plan, {
      mode: flags.mode ?? null,
      taskQueue: session.client.taskQueue,
      ownWorker: session.server.kind === 'configured' ? null : cli.env,
    });
  });
  if (!verdict.can_run) cli.exitWith(EXIT.failed);
  if (cli.isJson) cli.json(verdict);
  else tell(cli, verdict);
}

/** What is no file and no configured name can still be a pipeline that has run. */
async function isDefinition(cli: CliContext, pipeline: string): Promise<boolean> {
  if (!isPipelineName(pipeline) || existsSync(resolve(cli.cwd, pipeline))) return true;
  return (await loadConfig(cli.cwd)).catalog.pipelines.has(pipeline);
}

/** The plan that a pipeline last ran with. */
async function planOfLatest(session: Session, pipeline: string): Promise<Plan> {
  const run = await session.client.find(pipeline);
  const { runId } = await run.describe();
  const { plan } = await readRunInput(session.client.temporal, { workflowId: run.workflowId, runId });
  return unpackPlan(plan);
}

function tell(cli: CliContext, { pipeline, can_run, checks }: PipelineVerdict): void {
  const colours = cli.colours.stdout;
  const rows = checks.map(({ ok, check, message }) => [
    ok === null ? colours.dim('?') : ok ? colours.green('✔') : colours.red('✖'),
    check,
    oneLine(message),
  ]);
  if (rows.length > 0)
    cli.print(formatTable([{ title: '' }, { title: 'Check' }, { title: '' }], rows, colours));
  const count = checks.filter(({ ok }) => ok === false).length;
  const reasons = count === 1 ? 'one reason' : `${count} reasons`;
  cli.print(
    can_run
      ? colours.green(`"${pipeline}" can run now.`)
      : colours.red(`"${pipeline}" cannot run now, for ${reasons}.`),
  );
}
