import { formatProblem } from '../../../definition/problem.js';
import type { RunFlags } from '../commands/run.js';
import type { CliContext } from '../context.js';
import { readInputs } from '../inputs.js';
import { loadPlan } from '../load-plan.js';
import { printPlan } from '../print-plan.js';
import { checkRunRequest } from './check-run-request.js';
import { withSession } from './session.js';
import { startAndFollow } from './start-and-follow.js';

/** Does what `sluice run` promises. Everything that can be wrong with the request is found before a server is sought. */
export async function runPipeline(cli: CliContext, file: string, flags: RunFlags): Promise<void> {
  cli.interruption();
  const { plan, config, warnings } = await loadPlan(cli, file);
  for (const warning of warnings) cli.note(cli.colours.stderr.yellow(formatProblem(warning)));
  const inputs = await readInputs(cli, plan.inputs, flags);
  const mode = flags.mode ?? null;
  checkRunRequest(plan, { inputs, mode });
  if (flags.dryRun === true) return printPlan(cli, plan, { mode, inputs });
  // Read from disk while the server starts; a fault of the module shows where it is used.
  void import('../../../worker/create-worker.js').catch(() => undefined);
  await withSession(cli, { flags, config, mayCreate: flags.detach !== true }, async (session) => {
    await startAndFollow(cli, session, flags, (memo) =>
      session.client.start(plan, {
        inputs,
        mode,
        memo,
        force: flags.force === true,
        ...(flags.id === undefined ? {} : { key: flags.id }),
        ...(flags.priority === undefined ? {} : { priority: flags.priority }),
      }),
    );
  });
}
