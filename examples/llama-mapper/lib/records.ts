import { readFile } from 'node:fs/promises';
import { z } from 'sluice';
import { DataError } from './data-error.js';
import { finding } from './detectors.js';
import { CODES } from './taxonomy.js';

/** A message with what the detectors say of it, as the models get it. */
export const described = z.strictObject({ text: z.string().min(1), findings: z.array(finding) });

export type Described = z.output<typeof described>;

/** One row of the training data: a described message and its right code. */
export const record = z.strictObject({ id: z.string(), ...described.shape, code: z.enum(CODES) });

export type DataRecord = z.output<typeof record>;

/** Every row of a file in JSON Lines. Throws {@link DataError} with the line that is not a record. */
export async function readRecords(file: string): Promise<readonly DataRecord[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new DataError(`There is no file "${file}". Prepare the data first.`, { cause: error });
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => parseRecord(line, `${file}:${index + 1}`));
}

function parseRecord(line: string, at: string): DataRecord {
  try {
    return record.parse(JSON.parse(line));
  } catch (error) {
    throw new DataError(`${at} is not a record: ${line.slice(0, 80)}`, { cause: error });
  }
}
