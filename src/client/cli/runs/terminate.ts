import type { Steer } from '../../../engine/steering.js';
import type { RunHandle } from '../../run-handle.js';
import type { CliContext } from '../context.js';
import { withSession } from './session.js';
import { steerOf } from './steer.js';
import { isForMany, type MatchFlags, steerMatching } from './steer-runs.js';

/** Does what `sluice terminate` promises. The server ends the runs, so no worker is needed. */
export async function terminateRuns(
  cli: CliContext,
  run: string | undefined,
  flags: MatchFlags,
): Promise<void> {
  const requested = 'terminate';
  const act = (handle: RunHandle, { by, reason }: Steer): Promise<void> =>
    handle.terminate(`${reason ?? 'terminated with sluice terminate'} (${by})`);
  if (isForMany({ run, flags, requested })) {
    return steerMatching(cli, {
      run,
      flags,
      requested,
      verb: requested,
      done: 'Terminated',
      act,
      needsWorker: false,
    });
  }
  await withSession(cli, { flags }, async (session) => {
    const handle = await session.find(run ?? '');
    await act(handle, steerOf(cli, flags));
    const { workflowId: workflow_id, runId: run_id } = handle;
    if (cli.isJson) cli.json({ workflow_id, run_id, requested });
    else cli.note(`Terminated "${workflow_id}".`);
  });
}
