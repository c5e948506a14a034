import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { formatProblem } from '../../definition/problem.js';
import type { Problem } from '../../definition/problem.js';
import type { CliContext, Colours } from './context.js';

const EXCERPT_WIDTH = 100;

/** Problems as people read them, each with the line it stands on and a mark below its place. */
export async function formatProblems(
  problems: readonly Problem[],
  cli: CliContext,
  colours: Colours = cli.colours.stdout,
): Promise<string> {
  const sources = new Map<string, readonly string[]>();
  for (const { file } of problems) {
    if (!sources.has(file)) sources.set(file, await linesOf(resolve(cli.cwd, file)));
  }
  return problems
    .map((problem) => formatOne(problem, sources.get(problem.file)?.[problem.line - 1], colours))
    .join('\n');
}

/** No lines when the file cannot be read: then that is the problem. */
async function linesOf(path: string): Promise<readonly string[]> {
  const source = await readFile(path, 'utf8').catch(() => '');
  return source.split(/\r\n|\r|\n/);
}

/** Long lines are cut to a window around the place. */
function formatOne(problem: Problem, line: string | undefined, colours: Colours): string {
  if (line === undefined || line.trim() === '') return formatProblem(problem);
  const before = problem.column - 1;
  const start = Math.max(0, before - EXCERPT_WIDTH / 2);
  const shown = line.slice(start, start + EXCERPT_WIDTH).replaceAll(/\p{Cc}/gu, ' ');
  const gutter = `${String(problem.line).padStart(6)} | `;
  const paint = problem.severity === 'warning' ? colours.yellow : colours.red;
  const mark = `${' '.repeat(gutter.length + Math.max(0, before - start))}${paint('^')}`;
  return `${formatProblem(problem)}\n${colours.dim(gutter)}${shown.trimEnd()}\n${mark}`;
}
