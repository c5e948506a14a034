import type { Command } from 'commander';

/** The flags that say where Temporal is; they win over TEMPORAL_* and the profile. */
export type ConnectionFlags = {
  readonly address?: string;
  readonly namespace?: string;
  readonly profile?: string;
};

/** Adds the flags of {@link ConnectionFlags}. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option('--address <host:port>', 'Temporal server (default: TEMPORAL_ADDRESS, else a local one)')
    .option('--namespace <name>', 'Temporal namespace (default: TEMPORAL_NAMESPACE, else "default")')
    .option('--profile <name>', "profile of Temporal's configuration file");
}
