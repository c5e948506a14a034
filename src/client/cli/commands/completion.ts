import { Argument } from 'commander';
import type { Command } from 'commander';
import type { CliContext } from '../context.js';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

type Shell = (typeof SHELLS)[number];

const EXAMPLES = `
Examples:
  source <(sluice completion bash)                              this shell only
  sluice completion bash >> ~/.bashrc                           every bash
  sluice completion zsh > "\${fpath[1]}/_sluice"                 every zsh
  sluice completion fish > ~/.config/fish/completions/sluice.fish
  sluice completion powershell >> $PROFILE`;

/** `sluice completion`, and the hidden command that the script it prints calls at each Tab. */
export function registerCompletion(program: Command, cli: CliContext): void {
  program
    .command('completion')
    .summary('print a script for shell completion')
    .description('Prints a script that makes a shell complete commands, options and file names.')
    .addArgument(new Argument('<shell>', 'the shell').choices([...SHELLS]))
    .addHelpText('after', EXAMPLES)
    .action(async (shell: Shell) => {
      const { getCompletionScript } = await import('@pnpm/tabtab');
      const script = await getCompletionScript({
        name: 'sluice',
        completer: 'sluice',
        shell: shell === 'powershell' ? 'pwsh' : shell,
      });
      if (cli.isJson) cli.json({ shell, script });
      else cli.print(script.trimEnd());
    });
  program
    .command('completion-server', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action(() => answer(program, cli));
}

/** The shell's line is in the environment; what it may go on with is printed one per line. */
async function answer(program: Command, cli: CliContext): Promise<void> {
  const [{ complete }, { getShellFromEnv, isShellSupported, log, parseEnv }] = await Promise.all([
    import('../completion.js'),
    import('@pnpm/tabtab'),
  ]);
  const shell = isShellSupported(cli.env['SHELL'] ?? '') ? getShellFromEnv(cli.env) : 'bash';
  const words = parseEnv(cli.env).partial.trimStart().split(/\s+/).slice(1);
  const completion = complete(program, words);
  if (completion.kind === 'files') cli.print('__tabtab_complete_files__');
  else log([...completion.items], shell, (line) => cli.print(line));
}
