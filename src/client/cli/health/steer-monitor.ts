import { formatDuration } from '../../../shared/format-duration.js';
import { recentPollers } from '../../../worker/pollers.js';
import {
  type MonitorSettings,
  type MonitorStatus,
  monitorStatus,
  startMonitor,
  stopMonitor,
} from '../../health/monitor-schedule.js';
import { oneLine } from '../../render/printable.js';
import type { CliContext } from '../context.js';
import { EXIT, UsageError } from '../errors.js';
import type { ConnectionFlags } from '../runs/connection-options.js';
import { withSession } from '../runs/session.js';
import { linesOfFinding } from './format-health.js';

/** A look takes a few seconds. */
const SHORTEST_MS = 10_000;

/** Does what `sluice monitor start` promises. */
export async function startAndTell(
  cli: CliContext,
  flags: ConnectionFlags,
  given: Partial<MonitorSettings>,
): Promise<void> {
  await withSession(cli, { flags }, async ({ client, config }) => {
    const { every, taskQueue } = config.monitor;
    const settings = { every_ms: every, task_queue: taskQueue ?? config.taskQueue, ...given };
    if (settings.every_ms < SHORTEST_MS) {
      throw new UsageError(
        `The monitor cannot look every ${formatDuration(settings.every_ms)}: 10s is the shortest.`,
      );
    }
    const isNew = await startMonitor(client.temporal, settings);
    const served = await recentPollers(client.temporal, settings.task_queue);
    if (cli.isJson) return cli.json({ started: isNew, ...settings });
    cli.note(
      `The monitor ${isNew ? 'looks' : 'now looks'} every ${formatDuration(settings.every_ms)}, on task queue "${settings.task_queue}".`,
    );
    if (served.length > 0) return;
    cli.note(
      cli.colours.stderr.yellow(
        `No worker takes it; start one: sluice worker --task-queue ${settings.task_queue}`,
      ),
    );
  });
}

/** Does what `sluice monitor stop` promises. */
export async function stopAndTell(cli: CliContext, flags: ConnectionFlags): Promise<void> {
  const stopped = await withSession(cli, { flags }, ({ client }) => stopMonitor(client.temporal));
  if (cli.isJson) return cli.json({ stopped });
  cli.note(stopped ? 'The monitor is stopped.' : 'No monitor was started.');
}

/** Does what `sluice monitor status` promises. */
export async function printMonitor(cli: CliContext, flags: ConnectionFlags): Promise<void> {
  const status = await withSession(cli, { flags }, ({ client }) => monitorStatus(client.temporal));
  if (cli.isJson) cli.json({ monitor: status });
  else
    cli.print(
      status === null ? 'No monitor was started. Start it: sluice monitor start' : textOf(cli, status),
    );
  if (status === null || status.paused) cli.exitWith(EXIT.failed);
}

function textOf(cli: CliContext, status: MonitorStatus): string {
  const colours = cli.colours.stdout;
  const { last } = status;
  const note = status.note === null ? '' : `: ${oneLine(status.note)}`;
  const head = `Looks every ${formatDuration(status.every_ms)} on task queue "${oneLine(status.task_queue)}"`;
  return [
    status.paused ? `${head}, and is ${colours.yellow('paused')}${note}` : head,
    ...(last === null ? ['It has not looked yet.'] : lookLines(last)),
    ...(last?.result?.problems ?? []).flatMap((finding) => linesOfFinding(finding, colours)),
  ].join('\n');
}

function lookLines({ at, workflow_id, result }: NonNullable<MonitorStatus['last']>): readonly string[] {
  const time = at.slice(0, 19).replace('T', ' ');
  if (result === null)
    return [`Its last look, at ${time} UTC, has no result: see ${workflow_id} in the Web UI.`];
  const { problems, pipelines, raised, ended } = result;
  const alerts = [
    ...(raised.length === 0 ? [] : [`raised ${raised.join(', ')}`]),
    ...(ended.length === 0 ? [] : [`ended ${ended.join(', ')}`]),
  ];
  const found = problems.length === 0 ? 'nothing wrong' : `${problems.length} to look at`;
  return [
    `Looked at ${time} UTC at ${pipelines === 1 ? '1 pipeline' : `${pipelines} pipelines`}: ${found}.`,
    ...(alerts.length === 0 ? [] : [`Alerts: ${alerts.join('; ')}.`]),
  ];
}
