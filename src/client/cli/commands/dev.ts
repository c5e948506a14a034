import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { parsePort } from '../number-option.js';

type DevFlags = { readonly port: number; readonly uiPort: number; readonly db?: string };

const EXAMPLES = `
The server keeps its data in .sluice/temporal.db beside the project, so runs survive a restart. The worker starts afresh
when a file of code or a definition changes. Ctrl-C ends both.

Examples:
  sluice dev
  sluice dev --port 7300 --ui-port 8300      beside another server
  sluice run pipelines/hello.yaml            in another terminal: uses this server`;

/** `sluice dev`: a local server with its Web UI, and a worker that follows the code. */
export function registerDev(program: Command, cli: CliContext): void {
  program
    .command('dev')
    .summary('a local Temporal server and a worker that reloads')
    .description(
      'Runs a local Temporal server with its Web UI, and a worker that reloads when the code changes.',
    )
    .argument('[dir]', "the project's folder", '.')
    .option('--port <port>', 'port of the server', parsePort, 7233)
    .option('--ui-port <port>', 'port of the Web UI', parsePort, 8233)
    .option('--db <file>', 'file that keeps the data (default: ".sluice/temporal.db")')
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, { port, uiPort, db }: DevFlags) => {
      const [{ runDev }, { spawnWorker }] = await Promise.all([
        import('../../temporal-server/dev.js'),
        import('../../temporal-server/spawn-worker.js'),
      ]);
      const cliPath = fileURLToPath(new URL('../main.js', import.meta.url));
      await runDev({
        dir: resolve(cli.cwd, dir),
        port,
        uiPort,
        ...(db === undefined ? {} : { dbFile: resolve(cli.cwd, db) }),
        log: ({ message }) => cli.note(message),
        onReady: ({ address, namespace, uiUrl }) => {
          if (cli.isJson) cli.json({ address, namespace, ui: uiUrl });
        },
        signal: cli.interruption(),
        startWorker: (place) => spawnWorker({ ...place, cliPath }),
      });
    });
}
