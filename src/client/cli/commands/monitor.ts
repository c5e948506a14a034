import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { durationOption } from '../duration-option.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

type StartFlags = ConnectionFlags & { readonly every?: number; readonly taskQueue?: string };

const EXAMPLES = `
The monitor looks at what "sluice health" looks at, again and again, on a worker, and raises and ends alerts. A schedule of
Temporal starts it.

Examples:
  sluice monitor start
  sluice monitor start --every 5m --task-queue monitor
  sluice monitor status
  sluice monitor stop`;

/** `sluice monitor`: looks at all pipelines again and again, and tells of what is wrong. */
export function registerMonitor(program: Command, cli: CliContext): void {
  const monitor = program
    .command('monitor')
    .summary('looks at all pipelines again and again, and raises alerts')
    .description('Starts and stops the monitor of the namespace, and shows what it found last.')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(monitor.command('start'))
    .description('Starts the monitor, or gives it other settings.')
    .option(
      '--every <duration>',
      "time between two looks (default: the configuration's, or 1m)",
      durationOption,
    )
    .option('--task-queue <name>', "queue of the workers that look (default: the configuration's)")
    .action(async ({ every, taskQueue, ...flags }: StartFlags) => {
      const { startAndTell } = await import('../health/steer-monitor.js');
      await startAndTell(cli, flags, {
        ...(every === undefined ? {} : { every_ms: every }),
        ...(taskQueue === undefined ? {} : { task_queue: taskQueue }),
      });
    });
  addConnectionOptions(monitor.command('stop'))
    .description('Stops the monitor. Alerts that are open stay open.')
    .action(async (flags: ConnectionFlags) => {
      const { stopAndTell } = await import('../health/steer-monitor.js');
      await stopAndTell(cli, flags);
    });
  addConnectionOptions(monitor.command('status'))
    .description('Shows when the monitor looked last and what it found. Exits with 1 when it is not running.')
    .action(async (flags: ConnectionFlags) => {
      const { printMonitor } = await import('../health/steer-monitor.js');
      await printMonitor(cli, flags);
    });
}
