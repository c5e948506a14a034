import type { ProblemCode } from './problem-codes.js';

/** Something wrong with a definition, at its place. */
export type Problem = {
  readonly code: ProblemCode;
  readonly severity: 'error' | 'warning';
  /** What is wrong and what exists; follows the stage's name where there is one. */
  readonly message: string;
  readonly file: string;
  /** From 1; 0 when the definition did not come from a text. */
  readonly line: number;
  readonly column: number;
  /** Where in the definition, such as `stages[2].retry.max_attempts`. */
  readonly path: string;
  readonly stage: string | null;
  readonly suggestion: string | null;
};

/** One problem as people read it: `pipeline.yaml:12:9 stage "deploy" needs "tests", which does not exist. …` */
export function formatProblem(problem: Problem): string {
  const { file, line, column, path, severity, stage, message, suggestion } = problem;
  const place = line > 0 ? `${file}:${line}:${column}` : `${file}${path === '' ? '' : `: ${path}`}`;
  const kind = severity === 'warning' ? ' warning:' : '';
  const subject = stage === null ? '' : ` stage "${stage}"${message.startsWith('`') ? ':' : ''}`;
  const hint = suggestion === null ? '' : ` Did you mean "${suggestion}"?`;
  return `${place}${kind}${subject} ${withPeriod(message, hint)}${hint}`;
}

function withPeriod(message: string, hint: string): string {
  return hint === '' || /[.?!:]$/.test(message) ? message : `${message}.`;
}

/** A definition cannot be used; `problems` says why, all at once. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.problems = problems;
  }
}
