import { readFile } from 'node:fs/promises';
import { DataError } from './data-error.js';
import { detect } from './detectors.js';
import { readMessages, type Messages } from './messages.js';
import { fromProject, shown } from './paths.js';
import type { DataRecord } from './records.js';
import { splitRows } from './split.js';
import { codeOf } from './taxonomy.js';

export type Dataset = Omit<Messages, 'messages'> & {
  readonly rows: readonly DataRecord[];
  readonly train: readonly DataRecord[];
  readonly test: readonly DataRecord[];
};

/** What the detectors say of the labelled messages in a file, with the right codes, split by a seed. */
export async function loadDataset(
  file: string,
  options: { readonly seed: number; readonly testShare: number },
): Promise<Dataset> {
  const { messages, ...left } = readMessages(await readText(fromProject(file)));
  const rows = messages.map(({ id, text, isSpam }): DataRecord => {
    return { id, text, findings: [...detect(text)], code: codeOf({ text, isSpam }) };
  });
  return { rows, ...splitRows(rows, { ...options, labelOf: ({ code }) => code }), ...left };
}

function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new DataError(
      `There is no file "${shown(file)}". Set \`training_data_path\` to labelled messages.`,
      {
        cause: error,
      },
    );
  });
}
