import type { CliContext } from '../context.js';
import type { ConnectionFlags } from '../runs/connection-options.js';
import { type Session, withSession } from '../runs/session.js';
import { actionWords } from './format-schedules.js';
import { loadPlans } from './load-plans.js';
import { clockWords, schedulesDocument, type ScheduleView } from './plan-view.js';
import { projectMemo } from './project-memo.js';

/** Does what `sluice schedule apply` promises. */
export async function applyFiles(
  cli: CliContext,
  files: readonly string[],
  flags: ConnectionFlags,
): Promise<void> {
  const { plans, config } = await loadPlans(cli, files);
  await withSession(cli, { flags, config }, async (session) => {
    const { schedules } = session.client;
    const plan = await schedules.plan(plans, { next: 1, memo: projectMemo(session) });
    await schedules.apply(plan);
    const document = schedulesDocument(plan);
    if (cli.isJson) cli.json(document);
    else for (const schedule of document.schedules) cli.print(formatDone(cli, schedule));
    if (document.schedules.length === 0)
      cli.note('The definitions have no schedules, and the server has none of them.');
    for (const { message } of document.conflicts) cli.note(cli.colours.stderr.yellow(`warning ${message}`));
    await tellWhoWorks(cli, session, document.schedules);
  });
}

function formatDone(cli: CliContext, { id, action, paused, next, timezone }: ScheduleView): string {
  const colours = cli.colours.stdout;
  const [first] = next.filter(({ closed }) => closed === null);
  const when = first === undefined ? '' : `next ${clockWords(first.at, timezone ?? 'UTC')}`;
  const facts = [...(paused === true ? [colours.yellow('paused')] : []), when].filter((fact) => fact !== '');
  return [actionWords(action, colours), colours.bold(id), ...facts].join('  ');
}

/** A schedule is no process: without a server and a worker nothing starts. */
async function tellWhoWorks(
  cli: CliContext,
  session: Session,
  schedules: readonly ScheduleView[],
): Promise<void> {
  if (schedules.every(({ action }) => action === 'delete')) return;
  const { dim, yellow } = cli.colours.stderr;
  if (session.server.kind !== 'configured') {
    cli.note(dim('They start runs only while this server and a worker run: keep "sluice dev" running.'));
  }
  if (await session.hasWorker()) return;
  const how = session.server.kind === 'configured' ? '"sluice worker"' : '"sluice dev"';
  const queue = session.client.taskQueue;
  cli.note(yellow(`No worker of this project polls task queue "${queue}" now; start one with ${how}.`));
}
