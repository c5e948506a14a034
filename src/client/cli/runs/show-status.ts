import type { RunStatus } from '../../../engine/result.js';
import { ClientError } from '../../client-error.js';
import type { PipelineOutlook } from '../../history/pipeline-outlook.js';
import type { RunHandle } from '../../run-handle.js';
import { isPipelineName } from '../../run-id.js';
import type { CliContext } from '../context.js';
import type { Session } from './session.js';

type PrintStatus = (status: RunStatus, handle: RunHandle) => Promise<void>;

/** Shows how a run stands; of a pipeline also its last and its next runs, even if it has never run. */
export async function showStatus(
  cli: CliContext,
  session: Session,
  { run, print }: { readonly run: string; readonly print: PrintStatus },
): Promise<void> {
  const outlook = isPipelineName(run) ? await outlookOf(session, run) : null;
  const handle = await findRun(session, run, outlook);
  if (handle === null) return showNever(cli, run, outlook);
  const status = await handle.status();
  if (cli.isJson) return cli.json({ ...status, ...outlook });
  await print(status, handle);
  if (outlook !== null) await printRest(cli, outlook, handle.workflowId);
}

/** Who may not list schedules still sees the run. */
async function outlookOf({ client }: Session, pipeline: string): Promise<PipelineOutlook | null> {
  return client.history.outlook(pipeline).catch(() => null);
}

/** Null for a pipeline that has never run but will. */
async function findRun(
  session: Session,
  run: string,
  outlook: PipelineOutlook | null,
): Promise<RunHandle | null> {
  try {
    return await session.find(run);
  } catch (error) {
    const isUnknown = error instanceof ClientError && error.code === 'run_not_found';
    if (isUnknown && outlook !== null && outlook.next_runs.length > 0) return null;
    throw error;
  }
}

async function showNever(cli: CliContext, pipeline: string, outlook: PipelineOutlook | null): Promise<void> {
  if (outlook === null) return;
  if (cli.isJson) return cli.json({ pipeline, status: null, ...outlook });
  cli.print(`${cli.colours.stdout.bold(pipeline)}  has not run yet`);
  await printRest(cli, outlook, null);
}

async function printRest(cli: CliContext, outlook: PipelineOutlook, shown: string | null): Promise<void> {
  const { printOutlook } = await import('./print-outlook.js');
  printOutlook(cli, outlook, shown);
}
