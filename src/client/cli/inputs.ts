import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { InputSpec } from '../../engine/plan.js';
import { isJsonObject } from '../../shared/json.js';
import type { Json, JsonObject } from '../../shared/json.js';
import type { CliContext } from './context.js';
import { UsageError } from './errors.js';

/** Values of the options that {@link addInputOptions} adds. */
export type InputFlags = { readonly input?: readonly string[]; readonly inputFile?: string };

/** Adds `-i key=value` and `--input-file`. */
export function addInputOptions(command: Command): Command {
  return command
    .option('-i, --input <key=value>', 'an input; may be given again', collect)
    .option('--input-file <file>', 'inputs as a JSON or YAML object; "-" reads stdin');
}

/**
 * The inputs that the options give, not yet checked. The text after `=` is JSON for all but inputs of type string and
 * date. `-i` wins over the file. Throws {@link UsageError}.
 */
export async function readInputs(
  cli: CliContext,
  specs: Readonly<Record<string, InputSpec>>,
  flags: InputFlags,
): Promise<JsonObject> {
  const fromFile = flags.inputFile === undefined ? {} : await readInputFile(cli, flags.inputFile);
  const given = (flags.input ?? []).map((pair) => parsePair(pair, specs));
  return { ...fromFile, ...Object.fromEntries(given) };
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** Splits `key=value`; the value is JSON for all but strings and dates. Throws {@link UsageError}. */
export function parsePair(
  pair: string,
  specs: Readonly<Record<string, InputSpec>>,
  option = '-i',
): readonly [string, Json] {
  const equals = pair.indexOf('=');
  if (equals < 1) {
    throw new UsageError(`"${pair}" is not of the form key=value.`, {
      hint: `Write ${option} name=value, one ${option} for each value.`,
    });
  }
  const key = pair.slice(0, equals);
  const value = pair.slice(equals + 1);
  const type = Object.hasOwn(specs, key) ? specs[key]?.type : 'string';
  return [key, type === 'string' || type === 'date' ? value : jsonOrText(value)];
}

/** What is no JSON stays text, which the check of the inputs then reports with the type it needs. */
export function jsonOrText(value: string): Json {
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

async function readInputFile(cli: CliContext, file: string): Promise<JsonObject> {
  const source = file === '-' ? await text(cli.stdin) : await readFile(resolve(cli.cwd, file), 'utf8');
  const shown = file === '-' ? 'stdin' : `"${file}"`;
  const value = await parseInputText(source, extname(file) === '.json', shown);
  if (isJsonObject(value)) return value;
  throw new UsageError(`The inputs in ${shown} must be an object, from the names of inputs to their values.`);
}

async function parseInputText(source: string, isJson: boolean, shown: string): Promise<Json> {
  try {
    if (isJson) return JSON.parse(source) as Json;
    const { parse } = await import('yaml');
    return parse(source, { maxAliasCount: 100 }) as Json;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new UsageError(`The inputs in ${shown} cannot be read: ${reason}`, {
      hint: 'Give a JSON or YAML object.',
    });
  }
}
