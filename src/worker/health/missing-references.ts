import type { UserCheck } from '../../activities/monitor/run-check.js';
import { listNames, suggest } from '../../definition/suggest.js';
import type { MonitorSettings } from './health-schema.js';

type Config = {
  readonly stages: ReadonlyArray<{ readonly name: string }>;
  readonly channels: Readonly<Record<string, unknown>>;
  readonly checks: readonly UserCheck[];
  readonly monitor: MonitorSettings;
};

/** Something that a configuration names and that is not there. */
export type MissingReference = { readonly path: readonly (string | number)[]; readonly message: string };

/** Functions and channels that a configuration names and that are not there. */
export function missingReferences({
  stages,
  channels,
  checks,
  monitor,
}: Config): readonly MissingReference[] {
  const missing: MissingReference[] = [];
  const functions = stages.map(({ name }) => name);
  const known = Object.keys(channels);
  const refer = (
    path: readonly (string | number)[],
    name: string,
    what: 'stage function' | 'channel',
  ): void => {
    const names = what === 'channel' ? known : functions;
    if (names.includes(name)) return;
    const near = suggest(name, names);
    const hint = near === null ? '' : ` Did you mean "${near}"?`;
    const message = `there is no ${what} "${name}". There are: ${listNames(names)}.${hint}`;
    missing.push({ path, message });
  };
  for (const [i, { action }] of checks.entries()) {
    if (action.kind === 'uses') refer(['checks', i, 'uses'], action.uses, 'stage function');
  }
  for (const [name, { dataAsOf }] of Object.entries(monitor.pipelines)) {
    if (dataAsOf === undefined) continue;
    refer(['monitor', 'pipelines', name, 'dataAsOf', 'uses'], dataAsOf.uses, 'stage function');
  }
  for (const [i, channel] of monitor.channels.entries())
    refer(['monitor', 'channels', i], channel, 'channel');
  for (const [i, rule] of monitor.alerts.entries()) {
    for (const channel of [...rule.channels, ...(rule.escalate ?? []).flatMap((step) => step.channels)]) {
      refer(['monitor', 'alerts', i, 'channels'], channel, 'channel');
    }
  }
  return missing;
}
