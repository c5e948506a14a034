import { relative, resolve } from 'node:path';
import type { Plan } from '../engine/plan.js';
import type { StageCatalog } from './catalog.js';
import { type Child, type ChildFault, childReferences, resolveReference } from './children.js';
import { compileJson } from './compile.js';
import type { Env } from './expand-env.js';
import type { Problem } from './problem.js';
import { type ParsedSource, parseSource } from './source/parse-source.js';
import { readSource, sourceOfValue, type Unreadable } from './source/read-source.js';

export type LoadOptions = {
  /** Null when stage functions are not known; `uses` and `with` are then not checked. */
  readonly catalog: StageCatalog | null;
  /** What `${NAME}` in variables reads. */
  readonly env: Env;
};

export type LoadOutcome = {
  readonly file: string;
  /** Null when there is any error. */
  readonly plan: Plan | null;
  /** Problems of the file, then those of the pipelines it runs. */
  readonly problems: readonly Problem[];
  /** Absolute paths of all files read, for watching. */
  readonly files: readonly string[];
};

/** Loads a definition file and the pipelines it runs. Problems are values; it never throws on a bad file. */
export async function loadDefinition(file: string, options: LoadOptions): Promise<LoadOutcome> {
  return new LoadSession(file, options).load(await readSource(resolve(file)));
}

/** Loads a definition from a text; `file` gives its name and where relative paths start. */
export async function loadDefinitionText(
  text: string,
  options: LoadOptions & { readonly file: string },
): Promise<LoadOutcome> {
  return new LoadSession(options.file, options).load(parseSource(text));
}

/** Loads a definition that was built in code; `file` gives its name and where relative paths start. */
export async function loadDefinitionValue(
  value: unknown,
  options: LoadOptions & { readonly file: string },
): Promise<LoadOutcome> {
  return new LoadSession(options.file, options).load(sourceOfValue(value));
}

class LoadSession {
  readonly #file: string;
  readonly #root: string;
  readonly #options: LoadOptions;
  readonly #problems: Problem[] = [];
  /** Plans by file; null where there is none. */
  readonly #loaded = new Map<string, Plan | null>();
  readonly #plans = new Map<string, Plan>();

  constructor(file: string, options: LoadOptions) {
    this.#file = file;
    this.#root = resolve(file);
    this.#options = options;
  }

  async load(source: ParsedSource | Unreadable): Promise<LoadOutcome> {
    const plan = await this.#compile(this.#root, [], source);
    const isUsable = plan !== null && !this.#problems.some((problem) => problem.severity === 'error');
    return {
      file: this.#file,
      plan: isUsable ? { ...plan, pipelines: Object.fromEntries(this.#plans) } : null,
      problems: inOrder(this.#problems, this.#file),
      files: [...this.#loaded.keys()],
    };
  }

  async #compile(
    file: string,
    parents: readonly string[],
    source: ParsedSource | Unreadable,
  ): Promise<Plan | null> {
    const plan =
      'code' in source ? this.#refuse(file, source) : await this.#compileSource(file, parents, source);
    this.#loaded.set(file, plan);
    return plan;
  }

  #refuse(file: string, problem: Unreadable): null {
    this.#problems.push({ ...placed(problem, this.#shown(file)) });
    return null;
  }

  async #compileSource(file: string, parents: readonly string[], source: ParsedSource): Promise<Plan | null> {
    const shownFile = this.#shown(file);
    for (const problem of source.problems)
      this.#problems.push({ ...placed(problem, shownFile), ...problem.place });
    if (source.value === undefined) return null;
    const children = await this.#loadChildren(childReferences(source.value), file, [...parents, file]);
    const { locate } = source;
    const options = { ...this.#options, file: shownFile, locate, children };
    const { plan, problems } = compileJson(source.value, options);
    this.#problems.push(...problems);
    return source.problems.length > 0 ? null : plan;
  }

  async #loadChildren(
    references: readonly string[],
    from: string,
    parents: readonly string[],
  ): Promise<ReadonlyMap<string, Child>> {
    const children = new Map<string, Child>();
    for (const reference of references) {
      // One after the other: a file that two pipelines run is read once, and problems keep their order.
      // oxlint-disable-next-line no-await-in-loop
      children.set(reference, await this.#loadChild(reference, from, parents));
    }
    return children;
  }

  async #loadChild(reference: string, from: string, parents: readonly string[]): Promise<Child> {
    const resolved = resolveReference(reference, from, this.#root, this.#options.catalog);
    if ('code' in resolved) return faulty(reference, resolved);
    const { file, key } = resolved;
    const start = parents.indexOf(file);
    if (start !== -1) return faulty(key, this.#recursion([...parents.slice(start), file]));
    if (!this.#loaded.has(file)) {
      const source = await readSource(file);
      if ('code' in source) return faulty(key, missing(reference, source));
      await this.#compile(file, parents, source);
    }
    const plan = this.#loaded.get(file) ?? null;
    if (plan !== null) this.#plans.set(key, plan);
    return { key, plan, inputs: plan?.inputs ?? null, fault: null };
  }

  #recursion(chain: readonly string[]): ChildFault {
    const steps = chain
      .slice(1)
      .map((file, i) => `  ${this.#shown(chain[i] ?? '')} runs → ${this.#shown(file)}`);
    return { code: 'recursive-pipeline', message: `runs itself:\n${steps.join('\n')}`, suggestion: null };
  }

  /** Paths in messages are those the caller used: as given for the root, relative to the same folder for the rest. */
  #shown(file: string): string {
    return file === this.#root ? this.#file : relative(process.cwd(), file) || file;
  }
}

/** The root's problems first, then file by file; each in the order of its file. */
function inOrder(problems: readonly Problem[], root: string): readonly Problem[] {
  const files = [...new Set([root, ...problems.map(({ file }) => file)])];
  const rank = new Map(files.map((file, i) => [file, i]));
  const rankOf = (problem: Problem): number => rank.get(problem.file) ?? 0;
  return problems.toSorted((a, b) => rankOf(a) - rankOf(b) || a.line - b.line || a.column - b.column);
}

function faulty(key: string, fault: ChildFault): Child {
  return { key, plan: null, inputs: null, fault };
}

function missing(reference: string, { code, message }: Unreadable): ChildFault {
  if (code !== 'file-not-found') {
    return { code, message: `runs "${reference}", but ${message}`, suggestion: null };
  }
  return { code: 'unknown-pipeline', message: `runs "${reference}", which does not exist`, suggestion: null };
}

function placed({ code, message }: Unreadable, file: string): Problem {
  return {
    code,
    message,
    file,
    severity: 'error',
    line: 1,
    column: 1,
    path: '',
    stage: null,
    suggestion: null,
  };
}
