import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { loadDefinition } from '../../definition/load.js';
import { DefinitionError } from '../../definition/problem.js';
import type { Problem } from '../../definition/problem.js';
import type { Plan } from '../../engine/plan.js';
import { findConfigFile, loadConfig } from '../../worker/config.js';
import type { LoadedConfig } from '../../worker/config.js';
import type { CliContext } from './context.js';

/** A definition as the command line names it, with the configuration that applies to it. */
export type LoadedPlan = {
  /** The file, also where a configured name was given. */
  readonly file: string;
  readonly plan: Plan;
  readonly config: LoadedConfig;
  readonly warnings: readonly Problem[];
};

/** Loads one definition. Throws {@link DefinitionError} with all its problems, or a `ConfigError`. */
export async function loadPlan(cli: CliContext, file: string): Promise<LoadedPlan> {
  const { plan, problems, config, file: found } = await createLoader(cli)(file);
  if (plan === null) throw new DefinitionError(problems);
  return { file: found, plan, config, warnings: problems };
}

export type LoadOutcome = {
  readonly file: string;
  /** Null when a problem is an error. */
  readonly plan: Plan | null;
  readonly problems: readonly Problem[];
  readonly config: LoadedConfig;
};

/**
 * Loads definitions one after the other; those of one project share its configuration. Each is a file, or a name that
 * the configuration gives to one.
 */
export function createLoader(cli: CliContext): (file: string) => Promise<LoadOutcome> {
  const configs = new Map<string, Promise<LoadedConfig>>();
  const configFor = (dir: string): Promise<LoadedConfig> => {
    const key = findConfigFile(dir) ?? dir;
    const loading = configs.get(key) ?? loadConfig(dir);
    configs.set(key, loading);
    return loading;
  };
  return async (given) => {
    const file = existsSync(resolve(cli.cwd, given))
      ? given
      : ((await configFor(cli.cwd)).catalog.pipelines.get(given) ?? given);
    const config = await configFor(dirname(resolve(cli.cwd, file)));
    const named = asNamed(cli, file);
    const { plan, problems } = await loadDefinition(named, {
      catalog: config.catalog,
      env: cli.env,
    });
    return { file: named, plan, problems, config };
  };
}

/** The name that was given, which messages repeat, as long as it means the same file to this process. */
function asNamed(cli: CliContext, file: string): string {
  const path = resolve(cli.cwd, file);
  return resolve(file) === path ? file : path;
}
