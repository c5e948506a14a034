import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Finding } from '../../temporal-server/doctor.js';
import type { CliContext, Colours } from '../context.js';
import { EXIT } from '../errors.js';

const EXAMPLES = `
Changes and fetches nothing. Exits with 1 when something cannot work; warnings alone exit with 0.

Examples:
  sluice doctor
  sluice doctor --json | jq '.findings[] | select(.level != "ok")'`;

/** `sluice doctor`: what is wrong here, and how to mend it. */
export function registerDoctor(program: Command, cli: CliContext): void {
  program
    .command('doctor')
    .summary('say what is wrong here and how to mend it')
    .description('Looks at everything that a run on this machine needs and says how to mend what is wrong.')
    .argument('[dir]', "the project's folder", '.')
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string) => {
      const { diagnose } = await import('../../temporal-server/doctor.js');
      const findings = await diagnose({ dir: resolve(cli.cwd, dir), env: { ...cli.env } });
      const ok = findings.every((finding) => finding.level !== 'error');
      if (cli.isJson) cli.json({ ok, findings });
      else cli.print(formatFindings(findings, cli.colours.stdout));
      if (!ok) cli.exitWith(EXIT.failed);
    });
}

/** One block for each finding: a mark, what was seen, what to do. */
export function formatFindings(findings: readonly Finding[], colours: Colours): string {
  const marks = { ok: colours.green('✓'), warning: colours.yellow('!'), error: colours.red('✗') };
  const lines = findings.flatMap((finding) => [
    `${marks[finding.level]} ${finding.message}`,
    ...(finding.fix === null ? [] : [`  ${colours.dim(finding.fix)}`]),
  ]);
  return [...lines, '', summary(findings)].join('\n');
}

function summary(findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const [errors, warnings] = [count('error'), count('warning')];
  if (errors === 0 && warnings === 0) return 'Everything is in order.';
  const words = [
    ...(errors === 0 ? [] : [errors === 1 ? '1 error' : `${errors} errors`]),
    ...(warnings === 0 ? [] : [warnings === 1 ? '1 warning' : `${warnings} warnings`]),
  ];
  return `${words.join(', ')}.`;
}
