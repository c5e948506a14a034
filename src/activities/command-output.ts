import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../shared/json.js';
import { validationFailure } from './failure.js';

export interface OutputFile {
  readonly path: string;
  /** The JSON in it; undefined when the command wrote nothing to it. */
  read(): Promise<Json | undefined>;
  remove(): Promise<void>;
}

/** The file that a command finds as `$SLUICE_OUTPUT`. */
export async function createOutputFile(): Promise<OutputFile> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-'));
  const path = join(folder, 'output.json');
  return {
    path,
    read: async () => {
      const text = await readFile(path, 'utf8').catch(() => '');
      if (text.trim() === '') return undefined;
      const value = parseJson(text);
      if (value === undefined) {
        throw validationFailure(
          `What the command wrote to $SLUICE_OUTPUT is not JSON: \`${text.slice(0, 80)}\`.`,
        );
      }
      return value;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * Picks the output out of what a command prints: its last line that is a JSON object or list, or its very last line
 * when that is any other JSON value.
 */
export class LastJson {
  #lastStructure: string | undefined;
  #lastLine = '';

  add(line: string): void {
    const text = line.trim();
    if (text === '') return;
    this.#lastLine = text;
    const isStructure =
      (text.startsWith('{') && text.endsWith('}')) || (text.startsWith('[') && text.endsWith(']'));
    if (isStructure && parseJson(text) !== undefined) this.#lastStructure = text;
  }

  /** Null when the command printed no JSON. */
  value(): Json {
    return parseJson(this.#lastLine) ?? parseJson(this.#lastStructure ?? '') ?? null;
  }
}

function parseJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
