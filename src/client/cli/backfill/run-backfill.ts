import { formatProblem } from '../../../definition/problem.js';
import type { BackfillPlan } from '../../backfill/plan-backfill.js';
import { cutRange } from '../../backfill/partitions.js';
import type { BackfillFlags } from '../commands/backfill.js';
import type { CliContext } from '../context.js';
import { CliError, EXIT } from '../errors.js';
import { readInputs } from '../inputs.js';
import { loadPlan } from '../load-plan.js';
import { checkRunRequest } from '../runs/check-run-request.js';
import { PROJECT_MEMO, type Session, warnOfNoWorker, withSession } from '../runs/session.js';
import { followBackfill } from './follow-backfill.js';
import { printBackfillPlan } from './print-plan.js';

/** Does what `sluice backfill` promises. What can be wrong with the request is found before a server is sought. */
export async function runBackfill(cli: CliContext, file: string, flags: BackfillFlags): Promise<void> {
  cli.interruption();
  const { plan, config, warnings } = await loadPlan(cli, file);
  for (const warning of warnings) cli.note(cli.colours.stderr.yellow(formatProblem(warning)));
  const inputs = await readInputs(cli, plan.inputs, flags);
  const mode = flags.mode ?? null;
  checkRunRequest(plan, { inputs, mode });
  cutRange(flags);
  const { from, to, step, timezone, only, order, maxParallel, maxFailures = null } = flags;
  const isPlan = flags.plan === true;
  await withSession(cli, { flags, config, mayCreate: flags.detach !== true }, async (session) => {
    const planned = await session.client.backfills.plan(plan, {
      from,
      to,
      step,
      timezone,
      only,
      order,
      maxParallel,
      maxFailures,
      inputs,
      mode,
    });
    if (isPlan) return printBackfillPlan(cli, planned);
    if (planned.partitions.every(({ status }) => status !== 'pending')) return tellNothingToDo(cli, planned);
    await startAndFollow(cli, session, planned, flags);
  });
}

async function startAndFollow(
  cli: CliContext,
  session: Session,
  planned: BackfillPlan,
  flags: BackfillFlags,
): Promise<void> {
  const { detach = false, force = false, id } = flags;
  const isServed = detach ? await session.hasWorker() : await session.ensureWorker();
  if (cli.interruption().aborted) return cli.exitWith(EXIT.interrupted);
  const isLocal = session.server.kind !== 'configured';
  if (detach && isLocal && !isServed) {
    throw new CliError('A detached backfill needs a worker that stays, and none polls on the local server.', {
      code: 'no_worker',
      exitCode: EXIT.unreachable,
      hint: 'Start a server with a worker in another terminal with "sluice dev", or leave out --detach.',
    });
  }
  const backfill = await session.client.backfills.start(planned, {
    force,
    memo: isLocal ? { [PROJECT_MEMO]: session.config.projectDir } : {},
    ...(id === undefined ? {} : { key: id }),
  });
  if (!isServed) warnOfNoWorker(cli, session.client.taskQueue);
  const { workflowId: backfill_id, runId: run_id } = backfill;
  if (!detach) return followBackfill(cli, backfill, { endsWithUs: session.hasOwnWorker });
  if (cli.isJson) return cli.json({ backfill_id, run_id });
  cli.print(backfill_id);
  cli.note(`Follow it with: sluice watch ${backfill_id}`);
}

function tellNothingToDo(cli: CliContext, planned: BackfillPlan): void {
  if (cli.isJson) return cli.json({ backfill_id: null, run_id: null, partitions: planned.partitions });
  cli.note('Nothing is left to do. "--plan" shows why, and "--only all" repeats what is done.');
}
