import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { UsageError } from './errors.js';

/**
 * The folder from which `loadConfig` finds the file that `--config` names; the current folder when there is no such
 * option. Throws {@link UsageError} when there is no such file or its name is not that of a configuration.
 */
export function configFolder(cwd: string, config: string | undefined): string {
  if (config === undefined) return cwd;
  const path = resolve(cwd, config);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new UsageError(`The configuration "${config}" does not exist.`, {
      hint: 'Give --config a file called sluice.config.ts (or .mts, .js, .mjs, .json), or its folder.',
    });
  }
  if (stats.isDirectory()) return path;
  if (/^sluice\.config\.(ts|mts|js|mjs|json)$/.test(basename(path))) return dirname(path);
  throw new UsageError(`"${config}" is not called sluice.config.ts (or .mts, .js, .mjs, .json).`, {
    hint: 'Rename it, or give --config the folder that holds the configuration.',
  });
}
