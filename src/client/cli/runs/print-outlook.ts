import type { PipelineOutlook } from '../../history/pipeline-outlook.js';
import { oneLine } from '../../render/printable.js';
import { duration, statusColour } from '../../render/wording.js';
import type { RunListItem } from '../../run-list.js';
import type { CliContext } from '../context.js';

/** Prints what was last and what comes next of a pipeline. */
export function printOutlook(cli: CliContext, outlook: PipelineOutlook, shown: string | null): void {
  const { last_run, last_success, next_runs } = outlook;
  const { dim, yellow } = cli.colours.stdout;
  const words = (run: RunListItem): string =>
    `${oneLine(run.workflow_id)} ${statusColour(run.status, cli.colours.stdout)(run.status.replace('_', ' '))} at ${minute(run.ended_at)}`;
  if (last_run !== null && last_run.workflow_id !== shown)
    cli.print(`${dim('last run    ')}${words(last_run)}`);
  if (
    last_success !== null &&
    last_success.workflow_id !== last_run?.workflow_id &&
    last_success.workflow_id !== shown
  )
    cli.print(`${dim('last success')} ${words(last_success)}`);
  for (const { schedule, at, paused } of next_runs) {
    const time =
      at === null ? 'no more' : `${minute(at)}, in ${duration(Math.max(0, Date.parse(at) - Date.now()))}`;
    cli.print(
      `${dim('next run    ')}${paused ? yellow('paused') : time} ${dim(`schedule ${oneLine(schedule)}`)}`,
    );
  }
}

function minute(time: string | null): string {
  return time === null ? '' : `${time.slice(0, 16).replace('T', ' ')} UTC`;
}
