import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extendPackageJson, newPackageJson } from './package-json.js';
import type { PackageChange, ProjectFacts } from './package-json.js';
import { type PipelineLanguage, pipelineFile, projectFiles } from './template.js';

export type NewProject = {
  /** Absolute. */
  readonly dir: string;
  /** Relative to `dir`. */
  readonly pipeline: string;
  /** Relative to `dir`. */
  readonly created: readonly string[];
  /** Keys that an existing package.json got; empty for a new one. */
  readonly added: readonly string[];
  /** `npm install` has to come next. */
  readonly needsInstall: boolean;
};

type ProjectErrorOptions = {
  readonly code: 'files_exist' | 'package_json_invalid';
  readonly hint: string;
  readonly cause?: unknown;
};

/** The project was not created, and nothing was written. */
class ProjectError extends Error {
  override readonly name = 'ProjectError';
  readonly code: ProjectErrorOptions['code'];
  readonly hint: string;
  readonly exitCode = 2;

  constructor(message: string, { code, hint, cause }: ProjectErrorOptions) {
    super(message, { cause });
    this.code = code;
    this.hint = hint;
  }
}

/**
 * Writes a new project into a folder, which is made if it is missing. An existing package.json is only extended. Throws
 * {@link ProjectError}.
 */
export async function createProject(
  dir: string,
  options: { readonly schema: string; readonly version: string; readonly language: PipelineLanguage },
): Promise<NewProject> {
  const name = projectName(dir);
  const files = projectFiles({ name, schema: options.schema, language: options.language });
  const existing = await existingFiles(dir, [...files.keys()]);
  if (existing.length > 0) {
    throw new ProjectError(`"${dir}" already holds ${existing.map((file) => `"${file}"`).join(', ')}.`, {
      code: 'files_exist',
      hint: 'Choose another folder, or move these files away. Nothing was written.',
    });
  }
  const pipeline = pipelineFile(options.language);
  const facts = { sluice: sluiceSpec(dir, options.version), pipeline };
  const added = await writePackageJson(dir, name, facts);
  for (const [path, text] of files) await write(join(dir, path), text);
  return {
    dir,
    pipeline,
    created: [...(added === null ? ['package.json'] : []), ...files.keys()],
    added: added ?? [],
    needsInstall: !(await exists(join(dir, 'node_modules', 'sluice', 'package.json'))),
  };
}

function projectName(dir: string): string {
  const name = basename(resolve(dir))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return name === '' ? 'pipelines' : name;
}

/** Keys added to a package.json that was there; null when a new one was written. */
async function writePackageJson(
  dir: string,
  name: string,
  facts: ProjectFacts,
): Promise<readonly string[] | null> {
  const path = join(dir, 'package.json');
  if (!(await exists(path))) {
    await write(path, newPackageJson(name, facts));
    return null;
  }
  const { text, added } = extend(path, await readFile(path, 'utf8'), facts);
  if (added.length > 0) await writeFile(path, text);
  return added;
}

function extend(path: string, before: string, facts: ProjectFacts): PackageChange {
  try {
    return extendPackageJson(before, facts);
  } catch (cause) {
    throw new ProjectError(`"${path}" is not valid: ${(cause as Error).message}`, {
      code: 'package_json_invalid',
      hint: 'Mend the file first. Nothing was written.',
      cause,
    });
  }
}

/** A copy that npm installed has a version to ask for; a checkout can only be linked. */
function sluiceSpec(dir: string, version: string): string {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const isInstalled = root.split(sep).includes('node_modules');
  return isInstalled ? `^${version}` : `file:${relative(resolve(dir), root).replaceAll(sep, '/')}`;
}

async function existingFiles(dir: string, paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(paths.map(async (path) => ((await exists(join(dir, path))) ? [path] : [])));
  return found.flat();
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { flag: 'wx' });
}
