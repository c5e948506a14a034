import { formatProblem } from '../../../definition/problem.js';
import type { Plan } from '../../../engine/plan.js';
import type { JsonObject } from '../../../shared/json.js';
import type { RunHandle } from '../../run-handle.js';
import type { RunFlags } from '../commands/run.js';
import type { CliContext } from '../context.js';
import { CliError, EXIT } from '../errors.js';
import { readInputs } from '../inputs.js';
import { loadPlan } from '../load-plan.js';
import { printPlan } from '../print-plan.js';
import { checkRunRequest } from './check-run-request.js';
import { followRun } from './follow-run.js';
import { PROJECT_MEMO, type Session, warnOfNoWorker, withSession } from './session.js';

/** Does what `sluice run` promises. Everything that can be wrong with the request is found before a server is sought. */
export async function runPipeline(cli: CliContext, file: string, flags: RunFlags): Promise<void> {
  const interruption = cli.interruption();
  const { plan, config, warnings } = await loadPlan(cli, file);
  for (const warning of warnings) cli.note(cli.colours.stderr.yellow(formatProblem(warning)));
  const inputs = await readInputs(cli, plan.inputs, flags);
  const mode = flags.mode ?? null;
  checkRunRequest(plan, { inputs, mode });
  if (flags.dryRun === true) return printPlan(cli, plan, { mode, inputs });
  // Read from disk while the server starts; a fault of the module shows where it is used.
  void import('../../../worker/create-worker.js').catch(() => undefined);
  await withSession(cli, { flags, config, mayCreate: flags.detach !== true }, async (session) => {
    const isServed = flags.detach === true ? await session.hasWorker() : await session.ensureWorker();
    if (interruption.aborted) return cli.exitWith(EXIT.interrupted);
    if (flags.detach === true) refuseToAbandon(session, isServed);
    const run = await startRun(session, plan, { inputs, mode, flags });
    tellStart(cli, run);
    if (!isServed) warnOfNoWorker(cli, session.client.taskQueue);
    if (flags.detach === true) return tellDetached(cli, run);
    await followRun(cli, run, { verbose: flags.verbose === true, endsWithUs: session.hasOwnWorker });
  });
}

type RunRequest = { readonly inputs: JsonObject; readonly mode: string | null; readonly flags: RunFlags };

async function startRun(
  session: Session,
  plan: Plan,
  { inputs, mode, flags }: RunRequest,
): Promise<RunHandle> {
  const isHere = session.server.kind !== 'configured';
  return session.client.start(plan, {
    inputs,
    mode,
    force: flags.force === true,
    ...(flags.id === undefined ? {} : { key: flags.id }),
    // Other machines may read a configured server, and the names of our folders mean nothing there.
    ...(isHere ? { memo: { [PROJECT_MEMO]: session.config.projectDir } } : {}),
  });
}

/** A run on a server or a worker that ends with this command would not go on. */
function refuseToAbandon({ server }: Session, isServed: boolean): void {
  if (server.kind === 'configured' || isServed) return;
  throw new CliError('A detached run needs a worker that stays, and none polls on the local server.', {
    code: 'no_worker',
    exitCode: EXIT.unreachable,
    hint: 'Start a server with a worker in another terminal with "sluice dev", or run without --detach.',
  });
}

function tellStart(cli: CliContext, run: RunHandle): void {
  const { dim } = cli.colours.stderr;
  cli.note(dim(run.uiUrl === undefined ? `Run: ${run.workflowId}` : `Web UI: ${run.uiUrl}`));
}

function tellDetached(cli: CliContext, run: RunHandle): void {
  const { workflowId: workflow_id, runId: run_id } = run;
  if (cli.isJson) {
    cli.json({ workflow_id, run_id, ui: run.uiUrl ?? null });
    return;
  }
  cli.print(workflow_id);
  cli.note(`Follow it with: sluice watch ${workflow_id}`);
}
