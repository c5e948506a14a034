import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { wholeNumber } from '../number-option.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

export type ListAlertsFlags = ConnectionFlags & {
  readonly pipeline?: string;
  readonly all?: boolean;
  readonly limit?: number;
};
export type AlertFlags = ConnectionFlags & { readonly as?: string; readonly comment?: string };

const EXAMPLES = `
An alert is open from when its rule was found to hold until the next run that succeeded does not find it any more.

Examples:
  sluice alerts list
  sluice alerts list --pipeline market-data --all
  sluice alerts ack market-data/failed --as ada --comment "the provider is down"
  sluice alerts close market-data/failed --comment "the pipeline is gone"
  sluice alerts test ops-slack`;

/** `sluice alerts`: what is wrong, who looks after it, and whether people can be told. */
export function registerAlerts(program: Command, cli: CliContext): void {
  const alerts = program
    .command('alerts')
    .summary('lists, acknowledges and closes alerts, and tries channels')
    .description('Shows open alerts, says that somebody looks after one, ends one, and tries channels.')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(alerts.command('list'))
    .description('Lists open alerts, the latest first. Exits with 0 whether there are any or not.')
    .option('--pipeline <name>', 'only those of this pipeline')
    .option('--all', 'those that have ended too')
    .option('--limit <n>', 'at most so many (default: 100)', wholeNumber(1, 10_000))
    .action(async (flags: ListAlertsFlags) => {
      const { printAlerts } = await import('../alerts/print-alerts.js');
      await printAlerts(cli, flags);
    });
  addPerson(alerts.command('ack'), 'what is done about it')
    .description('Says that somebody looks after an alert: it escalates no further.')
    .argument('<key>', 'key of the alert, such as market-data/failed')
    .action(async (key: string, flags: AlertFlags) => {
      const { acknowledge } = await import('../alerts/steer-alert.js');
      await acknowledge(cli, key, flags);
    });
  addPerson(alerts.command('close'), 'why')
    .description(
      'Ends an alert although nothing has found that it is over. Who was told of it is told of its end.',
    )
    .argument('<key>', 'key of the alert, such as market-data/failed')
    .action(async (key: string, flags: AlertFlags) => {
      const { close } = await import('../alerts/steer-alert.js');
      await close(cli, key, flags);
    });
  addConnectionOptions(alerts.command('test'))
    .description('Has a worker send a message to a channel of the configuration, and shows what came back.')
    .argument('<channel>', 'name of the channel')
    .action(async (channel: string, flags: ConnectionFlags) => {
      const { testChannel } = await import('../alerts/test-channel.js');
      await testChannel(cli, channel, flags);
    });
}

function addPerson(command: Command, comment: string): Command {
  return addConnectionOptions(
    command
      .option('--as <name>', 'who does (default: the user of the operating system)')
      .option('--comment <text>', comment),
  );
}
