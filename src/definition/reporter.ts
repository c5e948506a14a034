import type { Problem } from './problem.js';
import type { ProblemCode } from './problem-codes.js';

/** Keys and list positions from the root of a definition. */
export type Path = readonly (string | number)[];

/** Where a path points to in the text, from 1; zeros when there is no text. */
export type Place = { readonly line: number; readonly column: number };

export type LocateOptions = {
  /** Point at the key instead of its value. */
  readonly key?: boolean;
  /** Point inside a string value: characters from its start. */
  readonly offset?: number;
};

export type Locate = (path: Path, options?: LocateOptions) => Place;

/** Looking for a near name costs time, so it can wait until it is known that the problem is shown. */
export type Suggestion = string | null | (() => string | null);

export type Finding = LocateOptions & {
  readonly code: ProblemCode;
  readonly path: Path;
  readonly message: string;
  readonly stage?: string | null;
  readonly suggestion?: Suggestion;
  readonly severity?: 'error' | 'warning';
};

/** Most problems shown of one file, so that a broken generator costs neither minutes nor a wall of text. */
export const MAX_PROBLEMS = 1000;

/** Collects what is wrong; positions are looked up only at the end, because most definitions have no problem. */
export class Reporter {
  readonly #findings: Finding[] = [];
  #left = 0;
  #hasErrors = false;

  report(finding: Finding): void {
    if (finding.severity !== 'warning') this.#hasErrors = true;
    if (this.#findings.length < MAX_PROBLEMS) this.#findings.push(finding);
    else this.#left += 1;
  }

  get hasErrors(): boolean {
    return this.#hasErrors;
  }

  /** The problems in the order of the file. */
  problems(file: string, locate: Locate): readonly Problem[] {
    const problems = this.#findings
      .map((finding) => toProblem(finding, file, locate))
      .toSorted((a, b) => a.line - b.line || a.column - b.column);
    const last = problems.at(-1);
    if (this.#left === 0 || last === undefined) return problems;
    const message = `there are ${this.#left} more problems; fix these first`;
    return [
      ...problems,
      { ...last, code: 'too-many-problems', message, path: '', stage: null, suggestion: null },
    ];
  }
}

function toProblem(finding: Finding, file: string, locate: Locate): Problem {
  const { code, path, message, stage = null, suggestion = null, severity = 'error' } = finding;
  const place = locate(path, finding);
  const near = typeof suggestion === 'function' ? suggestion() : suggestion;
  return { code, severity, message, file, ...place, path: formatPath(path), stage, suggestion: near };
}

/** `['stages', 2, 'retry']` as `stages[2].retry`. */
export function formatPath(path: Path): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join('');
}

/** Locates nothing: for definitions that were built in code. */
export const nowhere: Locate = () => ({ line: 0, column: 0 });
