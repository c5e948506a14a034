import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { UserCheck } from '../activities/monitor/run-check.js';
import type { ChannelSettings } from '../activities/alerts/channel-settings.js';
import type { StageFunction } from '../activities/stage-function.js';
import type { HookSettings } from '../activities/stage-hooks.js';
import type { StageCatalog } from '../definition/catalog.js';
import type { StorageSettings } from '../storage/create-store.js';
import { createCatalog } from './catalog.js';
import { missingReferences } from './health/missing-references.js';
import type { MonitorSettings } from './health/health-schema.js';
import { importModule } from '../definition/source/import-module.js';
import { configSchema, type WorkerSettings } from './config-schema.js';

/** The file looked for, in this order, beside a definition and in the folders above it. */
const CONFIG_FILES = ['ts', 'mts', 'js', 'mjs', 'json'].map((extension) => `sluice.config.${extension}`);

/** A configuration that was found, checked and completed with its defaults. */
export type LoadedConfig = {
  /** Null when there is no configuration file. */
  readonly file: string | null;
  /** The folder of the file, or else the one where the search began. Relative paths of stages begin here. */
  readonly projectDir: string;
  readonly taskQueue: string;
  readonly storage: StorageSettings;
  readonly stages: ReadonlyMap<string, StageFunction>;
  readonly worker: WorkerSettings;
  readonly checks: readonly UserCheck[];
  readonly monitor: MonitorSettings;
  /** Code that runs beside the attempts of stages; absent where there is none. */
  readonly hooks?: HookSettings;
  /** Where alerts are told. */
  readonly channels: ReadonlyMap<string, ChannelSettings>;
  /** Files of the definitions that deploy models, by the names of the models. */
  readonly deployments: ReadonlyMap<string, string>;
  /** Files of the definitions that roll models back. */
  readonly rollbacks: ReadonlyMap<string, string>;
  readonly catalog: StageCatalog;
};

/** The configuration cannot be used; the message names the file and lists every problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Finds and loads the configuration for a folder. Throws {@link ConfigError}; no file gives the defaults. */
export async function loadConfig(fromDir: string): Promise<LoadedConfig> {
  const file = findConfigFile(resolve(fromDir));
  if (file === null) return completeConfig({}, { file: null, projectDir: resolve(fromDir) });
  return completeConfig(await importConfig(file), { file, projectDir: dirname(file) });
}

/** The nearest configuration file, looking upwards from a folder; null when there is none. */
export function findConfigFile(fromDir: string): string | null {
  for (let folder = fromDir; ; folder = dirname(folder)) {
    const found = CONFIG_FILES.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (dirname(folder) === folder) return null;
  }
}

/** Checks a configuration made in code and fills the defaults in. Throws {@link ConfigError}. */
export function completeConfig(
  config: unknown,
  place: { readonly file: string | null; readonly projectDir: string },
): LoadedConfig {
  const parsed = configSchema.safeParse(config);
  const where = place.file ?? 'The configuration';
  if (!parsed.success) throw new ConfigError(problemText(where, parsed.error.issues));
  const missing = missingReferences(parsed.data);
  if (missing.length > 0) throw new ConfigError(problemText(where, missing));
  const { stages, pipelines, models, taskQueue, storage, worker, checks, monitor, hooks } = parsed.data;
  const fromProject = (path: string): string => (isAbsolute(path) ? path : join(place.projectDir, path));
  const files = Object.entries(pipelines).map(([name, path]): [string, string] => [name, fromProject(path)]);
  const filesFor = (purpose: 'deploy' | 'rollback'): ReadonlyMap<string, string> =>
    new Map(
      Object.entries(models).flatMap(([name, { [purpose]: named }]): [string, string][] =>
        named === undefined ? [] : [[name, fromProject(pipelines[named] ?? named)]],
      ),
    );
  const channels = new Map(Object.entries(parsed.data.channels));
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  return {
    ...place,
    taskQueue,
    storage:
      storage.s3 === undefined
        ? { folder: fromProject(storage.folder ?? '.sluice/store') }
        : { s3: storage.s3 },
    stages: byName,
    worker,
    checks,
    monitor,
    ...(hooks === undefined ? {} : { hooks }),
    channels,
    deployments: filesFor('deploy'),
    rollbacks: filesFor('rollback'),
    catalog: {
      ...createCatalog(byName, new Map(files), new Map(Object.entries(parsed.data.pools))),
      channels: new Set(channels.keys()),
    },
  };
}

async function importConfig(file: string): Promise<unknown> {
  try {
    const loaded: unknown = await importModule(file);
    const isModule = typeof loaded === 'object' && loaded !== null && 'default' in loaded;
    if (isModule) return loaded.default;
    if (file.endsWith('.json')) return loaded;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${file} could not be loaded: ${reason}`, { cause });
  }
  throw new ConfigError(`${file} has no default export. Write \`export default defineConfig({ … })\`.`);
}

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

function problemText(where: string, issues: readonly Issue[]): string {
  const lines = issues.map((issue) => `  at ${pathText(issue.path)}: ${issue.message}`);
  const count = issues.length === 1 ? 'a problem' : `${issues.length} problems`;
  return `${where} has ${count}:\n${lines.join('\n')}`;
}

function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the top level';
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('');
}
