import { setTimeout as delay } from 'node:timers/promises';
import type { RunHandle } from '../../run-handle.js';
import type { CliContext } from '../context.js';
import { CliError, EXIT } from '../errors.js';
import { followRun } from './follow-run.js';
import { PROJECT_MEMO, type Session, warnOfNoWorker } from './session.js';
import { shellWord } from '../../../shared/shell-word.js';

const LOOKS_FOR_WORKER = 5;
const LOOK_EVERY_MS = 400;

/** How much of a run a command waits for and shows. */
export type FollowFlags = { readonly detach?: boolean; readonly verbose?: boolean };

/** Sees to it that somebody does the work of a new run, starts it, and follows it unless it is to be left alone. */
export async function startAndFollow(
  cli: CliContext,
  session: Session,
  flags: FollowFlags,
  start: (memo: Readonly<Record<string, string>>) => Promise<RunHandle>,
): Promise<void> {
  const isServed = flags.detach === true ? await isServedSoon(session) : await session.ensureWorker();
  if (cli.interruption().aborted) return cli.exitWith(EXIT.interrupted);
  if (flags.detach === true) refuseToAbandon(session, isServed);
  // Other machines may read a configured server, and the names of our folders mean nothing there.
  const isHere = session.server.kind !== 'configured';
  const run = await start(isHere ? { [PROJECT_MEMO]: session.config.projectDir } : {});
  tellStart(cli, run);
  if (!isServed) warnOfNoWorker(cli, session.client.taskQueue);
  if (flags.detach === true) return tellDetached(cli, run);
  await followRun(cli, run, { verbose: flags.verbose === true, endsWithUs: session.hasOwnWorker });
}

/** A worker that has just begun may not be known to the server yet. */
async function isServedSoon(session: Session): Promise<boolean> {
  for (let looks = 1; looks < LOOKS_FOR_WORKER; looks += 1) {
    if (await session.hasWorker()) return true;
    if (session.server.kind !== 'local') return false;
    await delay(LOOK_EVERY_MS);
  }
  return session.hasWorker();
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
  cli.note(`Follow it with: sluice watch ${shellWord(workflow_id)}`);
}
