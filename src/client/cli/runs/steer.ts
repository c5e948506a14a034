import type { Steer } from '../../../engine/steering.js';
import type { RunHandle } from '../../run-handle.js';
import type { CliContext } from '../context.js';
import { whoIs } from '../who.js';
import type { ConnectionFlags } from './connection-options.js';
import { type Session, withSession } from './session.js';
import { shellWord } from '../../../shared/shell-word.js';

/** Who steers, and why; the flags of every command that does. */
export type SteerFlags = ConnectionFlags & { readonly as?: string; readonly reason?: string };

export type SteerRequest = {
  readonly run: string;
  readonly flags: SteerFlags;
  /** Name of the request in the JSON answer, such as `retry_stage`. */
  readonly requested: string;
  /** Further fields of the JSON answer. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** What has happened, in words that begin the line for people: `Paused`. */
  readonly done: string;
  readonly act: (handle: RunHandle, who: Steer) => Promise<void>;
};

/** Steers one run, and says so. */
export async function steer(cli: CliContext, request: SteerRequest): Promise<void> {
  const { run, flags, requested, facts = {}, done } = request;
  const who = steerOf(cli, flags);
  await withSession(cli, { flags }, async (session) => {
    const handle = await session.find(run);
    await ensureAnswer(session, handle);
    await request.act(handle, who);
    const { workflowId: workflow_id, runId: run_id } = handle;
    if (cli.isJson) return cli.json({ workflow_id, run_id, requested, by: who.by, ...facts });
    cli.note(`${done} "${workflow_id}" as ${who.by}.`);
    if (session.hasOwnWorker) cli.note(`The run goes on with: sluice watch ${shellWord(workflow_id)}`);
  });
}

/** Who gives the command and why, as messages carry it. */
export function steerOf(cli: CliContext, { as, reason }: SteerFlags): Steer {
  return { by: whoIs(cli, as), reason: reason ?? null };
}

/** Somebody has to take the message: on a server of this machine a worker is started where there is none. */
export async function ensureAnswer(session: Session, run: RunHandle): Promise<void> {
  const description = await run.describe();
  if (description.closeTime === undefined) await session.ensureWorkerOf(description);
}
