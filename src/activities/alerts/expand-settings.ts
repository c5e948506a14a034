import { expandEnv } from '../../definition/expand-env.js';
import { nowhere, Reporter } from '../../definition/reporter.js';
import type { JsonObject } from '../../shared/json.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { stageFailure } from '../failure.js';
import type { Environment } from '../secrets.js';
import type { ChannelSettings } from './channel-settings.js';

/**
 * The settings with every `${NAME}` filled in. A variable that is not set where this worker runs is no reason to give a
 * message up: another worker may have it, or this one after a restart.
 */
export function expandSettings(name: string, channel: ChannelSettings, env: Environment): ChannelSettings {
  const reporter = new Reporter();
  const settings = expandEnv(channel.settings as unknown as JsonObject, [], env, reporter);
  const [problem] = reporter.problems('', nowhere);
  if (problem === undefined) return { ...channel, settings } as unknown as ChannelSettings;
  throw stageFailure(ERROR_TYPE.channel, `Channel "${name}" cannot be used here: ${problem.message}.`);
}

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-[^}]*)?\}/g;

/** The environment variables that settings name: what they hold is kept out of messages and logs. */
export function variablesOf(channel: ChannelSettings): readonly string[] {
  const text = JSON.stringify(channel.settings);
  return [...new Set([...text.matchAll(REFERENCE)].map((match) => match[1] ?? ''))];
}
