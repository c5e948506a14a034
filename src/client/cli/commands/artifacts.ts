import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

type ArtifactsFlags = ConnectionFlags & { readonly stage?: string; readonly out?: string };

const EXAMPLES = `
A file is written only when every byte is what the stage wrote. Without --out it gets the artifact's own name, in the
current folder, and no file that exists is replaced.

Examples:
  sluice artifacts mapper-training
  sluice artifacts mapper-training model.json
  sluice artifacts mapper-training report.html --stage evaluate --out - | less`;

/** `sluice artifacts`: the files that stages of a run wrote. */
export function registerArtifacts(program: Command, cli: CliContext): void {
  const command = program
    .command('artifacts')
    .summary('the files that the stages of a run wrote')
    .description('Lists the artifacts of a run, or fetches one of them.')
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .argument('[name]', 'the artifact to fetch')
    .option('--stage <id>', 'only artifacts of this stage')
    .option('--out <file>', 'where to write the artifact; - is standard output')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(
    async (run: string, name: string | undefined, flags: ArtifactsFlags) => {
      const [{ withSession }, { printArtifacts }, { fetchArtifact }] = await Promise.all([
        import('../runs/session.js'),
        import('../storage/print-artifacts.js'),
        import('../storage/fetch-artifact.js'),
      ]);
      await withSession(cli, { flags }, async (session) => {
        const handle = await session.find(run);
        const { stage, out } = flags;
        const wanted = stage === undefined ? {} : { stage };
        const status = await handle.status();
        if (name === undefined) printArtifacts(cli, status, wanted);
        else await fetchArtifact(cli, status, { ...wanted, name, out: out ?? null, store: session.store });
      });
    },
  );
}
