import { relative, resolve } from 'node:path';
import type { Plan } from '../engine/plan.js';
import type { StageCatalog } from './catalog.js';
import type { Pipeline } from './builder/pipeline.js';
import { type Child, type ChildFault, childReferences, resolveOwn, resolveReference } from './children.js';
import { compileJson } from './compile.js';
import type { Env } from './expand-env.js';
import type { Problem } from './problem.js';
import { type ParsedSource, parseSource } from './source/parse-source.js';
import { readSource } from './source/read-source.js';
import { sourceOfValue, type Unreadable } from './source/source-of-value.js';

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

/** Loads a definition that was built in code, a plain object or a pipeline of `definePipeline`; `file` gives its name and where relative paths start. */
export async function loadDefinitionValue(
  value: unknown,
  options: LoadOptions & { readonly file: string },
): Promise<LoadOutcome> {
  return new LoadSession(options.file, options).load(sourceOfValue(value));
}

/** A definition whose children are loaded. */
type Parent = {
  readonly file: string;
  /** The files that led to it, itself included. */
  readonly parents: readonly string[];
  readonly own: ReadonlyMap<string, Pipeline>;
};

class LoadSession {
  readonly #file: string;
  readonly #root: string;
  readonly #options: LoadOptions;
  readonly #problems: Problem[] = [];
  /** Plans by file; null where there is none. */
  readonly #loaded = new Map<string, Plan | null>();
  readonly #plans = new Map<string, Plan>();
  /** Pipelines that definitions bring along, by the file that they would be. */
  readonly #own = new Map<string, Pipeline>();

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
      files: [...this.#loaded.keys()].filter((file) => !this.#own.has(file)),
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
    const place = { file, parents: [...parents, file], own: source.children ?? new Map<string, Pipeline>() };
    const children = await this.#loadChildren(childReferences(source.value), place);
    const { locate } = source;
    const options = { ...this.#options, file: shownFile, locate, children };
    const { plan, problems } = compileJson(source.value, options);
    this.#problems.push(...problems);
    return source.problems.length > 0 ? null : plan;
  }

  async #loadChildren(references: readonly string[], parent: Parent): Promise<ReadonlyMap<string, Child>> {
    const children = new Map<string, Child>();
    for (const reference of references) {
      const own = parent.own.get(reference);
      // One after the other: a file that two pipelines run is read once, and problems keep their order.
      // oxlint-disable-next-line no-await-in-loop
      children.set(
        reference,
        await (own === undefined
          ? this.#loadChild(reference, parent)
          : this.#loadOwn(own, reference, parent)),
      );
    }
    return children;
  }

  async #loadChild(reference: string, { file: from, parents }: Parent): Promise<Child> {
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
    return this.#child(file, key);
  }

  async #loadOwn(pipeline: Pipeline, reference: string, { file: from, parents }: Parent): Promise<Child> {
    const { file, key } = resolveOwn(reference, from, this.#root);
    const isTaken = this.#loaded.has(file) && this.#own.get(file) !== pipeline;
    if (isTaken || parents.includes(file)) return faulty(key, nameTaken(pipeline.name));
    this.#own.set(file, pipeline);
    if (!this.#loaded.has(file)) await this.#compile(file, parents, sourceOfValue(pipeline));
    return this.#child(file, key);
  }

  #child(file: string, key: string): Child {
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
    if (file === this.#root) return this.#file;
    const own = this.#own.get(file);
    return own === undefined
      ? relative(process.cwd(), file) || file
      : `${this.#file} (pipeline "${own.name}")`;
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

function nameTaken(name: string): ChildFault {
  const message = `runs a pipeline named "${name}", which another pipeline here is called as well; rename one`;
  return { code: 'duplicate-id', message, suggestion: null };
}

function missing(reference: string, { code, message }: Unreadable): ChildFault {
  if (code !== 'file-not-found') {
    return { code, message: `runs "${reference}", but ${message}`, suggestion: null };
  }
  return { code: 'unknown-pipeline', message: `runs "${reference}", which does not exist`, suggestion: null };
}

function placed({ code, message, place = { line: 1, column: 1 } }: Unreadable, file: string): Problem {
  return {
    code,
    message,
    file,
    severity: 'error',
    ...place,
    path: '',
    stage: null,
    suggestion: null,
  };
}
