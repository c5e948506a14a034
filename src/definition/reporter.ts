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

export type Finding = LocateOptions & {
  readonly code: ProblemCode;
  readonly path: Path;
  readonly message: string;
  readonly stage?: string | null;
  readonly suggestion?: string | null;
  readonly severity?: 'error' | 'warning';
};

/** Collects what is wrong; positions are looked up only at the end, because most definitions have no problem. */
export class Reporter {
  readonly #findings: Finding[] = [];

  report(finding: Finding): void {
    this.#findings.push(finding);
  }

  get hasErrors(): boolean {
    return this.#findings.some((finding) => finding.severity !== 'warning');
  }

  /** The problems in the order of the file. */
  problems(file: string, locate: Locate): readonly Problem[] {
    const problems = this.#findings.map((finding) => toProblem(finding, file, locate));
    return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  }
}

function toProblem(finding: Finding, file: string, locate: Locate): Problem {
  const { code, path, message, stage = null, suggestion = null, severity = 'error' } = finding;
  const place = locate(path, finding);
  return { code, severity, message, file, ...place, path: formatPath(path), stage, suggestion };
}

/** `['stages', 2, 'retry']` as `stages[2].retry`. */
export function formatPath(path: Path): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join('');
}

/** Locates nothing: for definitions that were built in code. */
export const nowhere: Locate = () => ({ line: 0, column: 0 });
