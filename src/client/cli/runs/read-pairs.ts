import type { Json, JsonObject } from '../../../shared/json.js';
import { UsageError } from '../errors.js';

/** The values that `key=value` options give: JSON, or else text. Undefined when none was given. Throws {@link UsageError}. */
export function readPairs(pairs: readonly string[] | undefined, option: string): JsonObject | undefined {
  if (pairs === undefined || pairs.length === 0) return undefined;
  return Object.fromEntries(pairs.map((pair) => readPair(pair, option)));
}

/** A value that must be JSON. Throws {@link UsageError}. */
export function readJson(text: string, option: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`The value of ${option} is not JSON: ${reason}.`, {
      hint: `A text needs its own quotes: ${option} '"text"'`,
    });
  }
}

function readPair(pair: string, option: string): readonly [string, Json] {
  const equals = pair.indexOf('=');
  if (equals < 1) {
    throw new UsageError(`"${pair}" is not of the form key=value.`, {
      hint: `Write ${option} name=value, one ${option} for each value.`,
    });
  }
  const value = pair.slice(equals + 1);
  try {
    return [pair.slice(0, equals), JSON.parse(value) as Json];
  } catch {
    return [pair.slice(0, equals), value];
  }
}
