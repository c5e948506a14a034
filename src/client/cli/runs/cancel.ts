import type { Steer } from '../../../engine/steering.js';
import type { RunHandle } from '../../run-handle.js';
import type { CliContext } from '../context.js';
import { withSession } from './session.js';
import { steerOf } from './steer.js';
import { isForMany, type MatchFlags, steerMatching } from './steer-runs.js';

export type CancelRequest = {
  readonly run: string | undefined;
  readonly flags: MatchFlags;
  readonly afterWave: boolean;
};

/** Does what `sluice cancel` promises, for one run or for all that match. */
export async function cancelRuns(cli: CliContext, { run, flags, afterWave }: CancelRequest): Promise<void> {
  const requested = afterWave ? 'cancel_after_wave' : 'cancel';
  const act = (handle: RunHandle, { by, reason }: Steer): Promise<void> =>
    handle.cancel({ afterWave, by, ...(reason === undefined || reason === null ? {} : { reason }) });
  if (isForMany({ run, flags, requested: 'cancel' })) {
    return steerMatching(cli, {
      run,
      flags,
      requested,
      verb: 'cancel',
      done: 'Cancelled',
      act,
      after: (session, handle) => session.letItEnd(handle, cli),
    });
  }
  await withSession(cli, { flags }, async (session) => {
    const handle = await session.find(run ?? '');
    await act(handle, steerOf(cli, flags));
    const { workflowId: workflow_id, runId: run_id } = handle;
    if (cli.isJson) cli.json({ workflow_id, run_id, requested });
    else cli.note(`Asked "${workflow_id}" to ${afterWave ? 'stop after its running stages' : 'cancel'}.`);
    await session.letItEnd(handle, cli);
  });
}
