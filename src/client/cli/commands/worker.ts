import type { Command } from 'commander';
import type { LoadedConfig } from '../../../worker/config.js';
import { configFolder } from '../config-folder.js';
import type { CliContext } from '../context.js';
import { parsePort, wholeNumber } from '../number-option.js';
import { addConnectionOptions } from '../runs/connection-options.js';
import type { ConnectionFlags } from '../runs/connection-options.js';

type WorkerFlags = ConnectionFlags & {
  readonly taskQueue?: string;
  readonly config?: string;
  readonly identity?: string;
  readonly healthPort?: number;
  readonly healthHost?: string;
  readonly maxActivities?: number;
};

const EXAMPLES = `
The server is found as the "temporal" command finds it: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY,
TEMPORAL_TLS_* and profiles of its configuration file. The first SIGINT or SIGTERM lets running stages end; a second
one ends the process at once. Logs are JSON lines on stderr.

Examples:
  sluice worker
  sluice worker --address temporal.internal:7233 --task-queue gpu --health-port 9090
  sluice worker --config deploy/sluice.config.ts --max-activities 50`;

/** `sluice worker`: a worker process for production. */
export function registerWorker(program: Command, cli: CliContext): void {
  const command = program
    .command('worker')
    .summary('a worker process for production')
    .description('Runs stages and the steps of runs until it is told to stop.');
  addConnectionOptions(command)
    .option('--task-queue <name>', "the queue to take work from, instead of the configuration's")
    .option('--config <file>', 'configuration file, or a folder to look for it from (default: this folder)')
    .option('--identity <name>', 'what Temporal shows as the name of this worker')
    .option('--health-port <port>', 'serve /healthz, /readyz, /health/pipelines and /metrics here', parsePort)
    .option('--health-host <host>', 'address that the health port is open on (default: 127.0.0.1)')
    .option('--max-activities <n>', 'stages that run at the same time', wholeNumber(1))
    .addHelpText('after', EXAMPLES)
    .action((flags: WorkerFlags) => runWorker(flags, cli));
}

async function runWorker(flags: WorkerFlags, cli: CliContext): Promise<void> {
  const signal = cli.interruption();
  const [{ loadConfig }, { loadConnectionSettings }, { startWorker }, { pino }] = await Promise.all([
    import('../../../worker/config.js'),
    import('../../../worker/connection.js'),
    import('../../../worker/create-worker.js'),
    import('pino'),
  ]);
  const config = withFlags(await loadConfig(configFolder(cli.cwd, flags.config)), flags);
  const { address, namespace, profile } = flags;
  const worker = await startWorker({
    connectionSettings: loadConnectionSettings({ ...given({ address, namespace, profile }), env: cli.env }),
    config,
    env: cli.env,
    log: pino({ level: config.worker.logLevel }, cli.stderr),
    ...given({ taskQueue: flags.taskQueue, identity: flags.identity }),
  });
  const stop = () => void worker.stop();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  await worker.done;
  if (cli.isJson) cli.json({ status: 'stopped', task_queue: worker.taskQueue });
}

/** Flags win over the configuration. */
function withFlags(config: LoadedConfig, flags: WorkerFlags): LoadedConfig {
  const { slots } = config.worker;
  const limit = flags.maxActivities;
  const limited =
    'activities' in slots
      ? { ...slots, ...given({ activities: limit }) }
      : { ...slots, ...given({ maxActivities: limit }) };
  return {
    ...config,
    worker: {
      ...config.worker,
      ...given({ httpPort: flags.healthPort, httpHost: flags.healthHost }),
      slots: limited,
    },
  };
}

/** The entries that have a value. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
