import { planSchedules, type SchedulesPlan } from '../../schedules/plan-schedules.js';
import type { CliContext } from '../context.js';
import { EXIT, reportError } from '../errors.js';
import type { ConnectionFlags } from '../runs/connection-options.js';
import { type Session, withSession } from '../runs/session.js';
import { formatSchedules } from './format-schedules.js';
import { type LoadedPlans, loadPlans } from './load-plans.js';
import { schedulesDocument } from './plan-view.js';
import { projectMemo } from './project-memo.js';

/** Does what `sluice schedule plan` promises. Without a server it shows the times alone. */
export async function planFiles(
  cli: CliContext,
  files: readonly string[],
  flags: ConnectionFlags & { readonly next: number },
): Promise<void> {
  const loaded = await loadPlans(cli, files);
  const plan = await withServer(cli, loaded, flags);
  const document = schedulesDocument(plan);
  if (cli.isJson) cli.json(document);
  else if (document.schedules.length === 0)
    cli.note('The definitions have no schedules, and the server has none of them.');
  else cli.print(formatSchedules(document, cli.colours.stdout));
  if (plan.conflicts.some(({ severity }) => severity === 'error')) cli.exitWith(EXIT.usage);
}

async function withServer(
  cli: CliContext,
  { plans, config }: LoadedPlans,
  flags: ConnectionFlags & { readonly next: number },
): Promise<SchedulesPlan> {
  const { next } = flags;
  const compare = (session: Session): Promise<SchedulesPlan> =>
    session.client.schedules.plan(plans, { next, memo: projectMemo(session) });
  try {
    return await withSession(cli, { flags, config }, compare);
  } catch (error) {
    if (reportError(error).exitCode !== EXIT.unreachable || flags.address !== undefined) throw error;
    cli.note(
      cli.colours.stderr.yellow('No Temporal server was found, so what would change there is not known.'),
    );
    return planSchedules(null, plans, { next, taskQueue: config.taskQueue ?? 'sluice' });
  }
}
