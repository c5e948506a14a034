import { readFile, stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { Plan } from '../engine/plan.js';
import type { StageCatalog } from './catalog.js';
import { type Child, type ChildFault, childReferences, resolveReference } from './children.js';
import { compileDefinition } from './compile.js';
import type { Env } from './expand-env.js';
import type { Problem } from './problem.js';
import type { ProblemCode } from './problem-codes.js';
import { MAX_FILE_BYTES, parseSource } from './source/parse-source.js';

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
  const session = new LoadSession(file, options);
  return session.load(() => readText(resolve(file)));
}

/** Loads a definition from a text; `file` gives its name and where relative paths start. */
export async function loadDefinitionText(
  text: string,
  options: LoadOptions & { readonly file: string },
): Promise<LoadOutcome> {
  const session = new LoadSession(options.file, options);
  return session.load(() => Promise.resolve(text));
}

type Unreadable = { readonly code: ProblemCode; readonly message: string };

type Loaded = { readonly plan: Plan | null };

class LoadSession {
  readonly #file: string;
  readonly #root: string;
  readonly #options: LoadOptions;
  readonly #problems: Problem[] = [];
  readonly #loaded = new Map<string, Loaded>();
  readonly #plans = new Map<string, Plan>();

  constructor(file: string, options: LoadOptions) {
    this.#file = file;
    this.#root = resolve(file);
    this.#options = options;
  }

  async load(read: () => Promise<string | Unreadable>): Promise<LoadOutcome> {
    const { plan } = await this.#loadFile(this.#root, [], read);
    const isUsable = plan !== null && !this.#problems.some((problem) => problem.severity === 'error');
    return {
      file: this.#file,
      plan: isUsable ? { ...plan, pipelines: Object.fromEntries(this.#plans) } : null,
      problems: this.#problems.toSorted((a, b) => this.#order(a) - this.#order(b)),
      files: [...this.#loaded.keys()],
    };
  }

  /** Problems of the root file come first; sorting keeps the order within files. */
  #order(problem: Problem): number {
    return problem.file === this.#file ? 0 : 1;
  }

  async #loadFile(
    file: string,
    parents: readonly string[],
    read: () => Promise<string | Unreadable>,
  ): Promise<Loaded> {
    const shownFile = this.#shown(file);
    const text = await read();
    if (typeof text !== 'string') {
      this.#problems.push(placed({ ...text, file: shownFile }));
      return this.#remember(file, { plan: null });
    }
    const source = parseSource(text);
    for (const { code, message, place } of source.problems) {
      this.#problems.push({ ...placed({ code, message, file: shownFile }), ...place });
    }
    if (source.value === undefined) return this.#remember(file, { plan: null });
    const children = await this.#loadChildren(childReferences(source.value), file, [...parents, file]);
    const { locate } = source;
    const { plan, problems } = compileDefinition(source.value, {
      ...this.#options,
      file: shownFile,
      locate,
      children,
    });
    this.#problems.push(...problems);
    return this.#remember(file, { plan: source.problems.length > 0 ? null : plan });
  }

  #remember(file: string, loaded: Loaded): Loaded {
    this.#loaded.set(file, loaded);
    return loaded;
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
    if (parents.includes(file))
      return faulty(key, this.#recursion([...parents.slice(parents.indexOf(file)), file]));
    const known = this.#loaded.get(file);
    if (known === undefined) {
      const text = await readText(file);
      if (typeof text !== 'string') return faulty(key, { ...missing(reference, text), suggestion: null });
      await this.#loadFile(file, parents, () => Promise.resolve(text));
    }
    const plan = this.#loaded.get(file)?.plan ?? null;
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

function faulty(key: string, fault: ChildFault): Child {
  return { key, plan: null, inputs: null, fault };
}

function missing(reference: string, { code, message }: Unreadable): Unreadable {
  if (code !== 'file-not-found') return { code, message: `runs "${reference}", but ${message}` };
  return { code: 'unknown-pipeline', message: `runs "${reference}", which does not exist` };
}

function placed(problem: Unreadable & { readonly file: string }): Problem {
  return { ...problem, severity: 'error', line: 1, column: 1, path: '', stage: null, suggestion: null };
}

async function readText(file: string): Promise<string | Unreadable> {
  try {
    const { size } = await stat(file);
    if (size > MAX_FILE_BYTES) {
      const mib = (size / 1024 / 1024).toFixed(1);
      return { code: 'file-too-large', message: `the file has ${mib} MiB, the limit is 4 MiB` };
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    if (error instanceof TypeError) return { code: 'not-text', message: 'the file is not UTF-8 text' };
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { code: 'file-not-found', message: `the file cannot be read (${reason})` };
  }
}
