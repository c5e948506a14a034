import { loadClientConnectConfig, type LoadClientProfileOptions } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { ConfigError } from './config.js';

/** Values given on the command line or in code; they win over the environment and the configuration file. */
export type ConnectionOverrides = {
  readonly address?: string;
  readonly namespace?: string;
  /** A profile of Temporal's configuration file. */
  readonly profile?: string;
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
};

export type ConnectionSettings = {
  readonly connectionOptions: NativeConnectionOptions & { readonly address: string };
  readonly namespace: string;
  /** True when somebody named a server; false when only the defaults point at this machine. */
  readonly configured: boolean;
};

const DEFAULT_ADDRESS = 'localhost:7233';

/**
 * Where Temporal is, as the `temporal` command would find it: TEMPORAL_* variables, then its configuration file.
 * Throws {@link ConfigError} when a named profile or a file of a certificate does not exist.
 */
export function loadConnectionSettings(overrides: ConnectionOverrides = {}): ConnectionSettings {
  const env = overrides.env ?? process.env;
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const loaded = load({
    ...(overrides.profile === undefined ? {} : { profile: overrides.profile }),
    overrideEnvVars: Object.fromEntries(set),
  });
  const given = Object.entries(loaded.connectionOptions).filter(([, value]) => value !== undefined);
  const address = overrides.address ?? loaded.connectionOptions.address;
  return {
    connectionOptions: { ...Object.fromEntries(given), address: address ?? DEFAULT_ADDRESS },
    namespace: overrides.namespace ?? loaded.namespace ?? 'default',
    configured:
      address !== undefined || overrides.profile !== undefined || env['TEMPORAL_PROFILE'] !== undefined,
  };
}

function load(options: LoadClientProfileOptions) {
  try {
    return loadClientConnectConfig(options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`The settings of the Temporal server cannot be used: ${why}.`, { cause: error });
  }
}
