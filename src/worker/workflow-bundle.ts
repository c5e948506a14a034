import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { type BundleOptions, bundleWorkflowCode, DefaultLogger, type LogLevel } from '@temporalio/worker';
import envPaths from 'env-paths';

/**
 * Loaded once per worker instead of once per run, together with the workflow code itself: runs then share code that V8
 * has optimised, start in a fraction of the time and cost less memory. Modules may hold no state of a run; what they
 * do hold, such as compiled expressions, depends on nothing but its key.
 */
const PRELOADED_MODULES = ['@marcbachmann/cel-js'];

/** Folders that workflow code may come from, beside this one's parent. */
const WORKFLOW_FOLDERS = ['shared', 'engine', 'expressions', 'workflows'];

/** The syntax that workflow code is bundled in, which every Node.js that this package runs on knows. */
const SYNTAX = 'es2022';

const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * The file that workers load workflow code from: the one built with the package, or, when the package runs from its
 * sources, one that is bundled now and kept in the user's cache folder until those sources change.
 */
export async function workflowBundlePath(): Promise<string> {
  const built = join(ROOT, 'workflow-bundle.js');
  if (existsSync(built)) return built;
  const cached = join(
    envPaths('sluice', { suffix: '' }).cache,
    'workflow-bundles',
    `${await sourceHash()}.js`,
  );
  if (!existsSync(cached)) {
    await writeBundle(cached);
    await removeOldFiles(dirname(cached));
  }
  return cached;
}

/** Begins the map of positions that the bundler writes at the end of a bundle. */
const SOURCE_MAP = '//# sourceMappingURL=data:';
const EMPTY_SOURCE_MAP = JSON.stringify({
  version: 3,
  file: 'sluice-workflows.js',
  sources: [],
  mappings: '',
});

/**
 * The workflow code without stack traces, for workers whose log would not show them. The SDK records a stack for every
 * promise of a workflow and looks each of its lines up in the source map, which costs more than all that this code does.
 */
export async function bundleWithoutStacks(path: string): Promise<{ readonly code: string }> {
  const whole = await readFile(path, 'utf8');
  const end = whole.lastIndexOf(SOURCE_MAP);
  const code = end === -1 ? whole : whole.slice(0, end);
  // The SDK insists on a source map.
  const map = `${SOURCE_MAP}application/json;base64,${Buffer.from(EMPTY_SOURCE_MAP).toString('base64')}`;
  return { code: `Error.stackTraceLimit = 0;\n${code}\n${map}` };
}

// Bundles of sources that were edited since are of no use any more.
async function removeOldFiles(folder: string): Promise<void> {
  const oldest = Date.now() - KEPT_MS;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (mtimeMs < oldest) await rm(path, { force: true });
  }
}

/** Bundles the workflow code into a file, which appears whole or not at all. */
export async function writeBundle(file: string): Promise<void> {
  const entry = ['ts', 'js']
    .map((extension) => join(ROOT, 'workflows', `index.${extension}`))
    .find(existsSync);
  if (entry === undefined)
    throw new Error(`There is no workflow code in ${ROOT}. Install the package again.`);
  const code = await bundle(entry);
  const temporary = `${file}.${randomUUID()}`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(temporary, code);
  await rename(temporary, file);
}

async function sourceHash(): Promise<string> {
  // Which versions of the libraries are bundled stands in the lock file of the checkout.
  const versions = await readFile(join(ROOT, '..', 'package-lock.json'), 'utf8').catch(() => '');
  const hash = createHash('sha256')
    .update([...PRELOADED_MODULES, 'workflows', SYNTAX].join())
    .update(versions);
  for (const folder of WORKFLOW_FOLDERS) {
    const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true }).catch(
      () => [],
    );
    const files = entries.filter((entry) => entry.isFile() && ['.ts', '.js'].includes(extname(entry.name)));
    for (const path of files.map((entry) => join(entry.parentPath, entry.name)).toSorted()) {
      hash.update(path).update(await readFile(path));
    }
  }
  return hash.digest('hex').slice(0, 32);
}

// The bundler writes the reason of a failure to its log only, and reports sizes there that are of no use to anybody.
async function bundle(workflowsPath: string): Promise<string> {
  const errors: string[] = [];
  const write = (level: LogLevel, message: string): void => {
    if (level === 'ERROR') errors.push(stripVTControlCharacters(message));
  };
  const logger = new DefaultLogger('ERROR', ({ level, message }) => write(level, message));
  try {
    const { code } = await bundleWorkflowCode({
      workflowsPath,
      payloadConverterPath: join(dirname(workflowsPath), `payload-converter${extname(workflowsPath)}`),
      preloadModules: [...PRELOADED_MODULES, workflowsPath],
      webpackConfigHook: keepModernSyntax,
      logger,
    });
    return code;
  } catch (cause) {
    const reason = errors.join('\n') || (cause instanceof Error ? cause.message : String(cause));
    throw new Error(`The workflow code in ${workflowsPath} cannot be bundled: ${reason}`, { cause });
  }
}

type BundlerConfig = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

/**
 * The bundler rewrites TypeScript for engines that lack private fields and object spread, which makes both many times
 * as slow. JavaScript, such as that of the package, it leaves as it is.
 */
function keepModernSyntax(config: BundlerConfig): BundlerConfig {
  for (const rule of config.module?.rules ?? []) {
    const use = typeof rule === 'object' && rule !== null ? rule.use : undefined;
    if (typeof use !== 'object' || use === null || !('options' in use)) continue;
    const { options } = use;
    if (typeof options === 'object' && 'jsc' in options)
      Object.assign(Object(options['jsc']), { target: SYNTAX });
  }
  return config;
}
