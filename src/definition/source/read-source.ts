import { readFile, stat } from 'node:fs/promises';
import type { ProblemCode } from '../problem-codes.js';
import { nowhere } from '../reporter.js';
import { MAX_DEPTH } from './limits.js';
import { fileTooLarge, MAX_FILE_BYTES, type ParsedSource, parseSource } from './parse-source.js';
import { plainJsonOf } from './plain-json.js';

/** Why there is nothing to parse. */
export type Unreadable = { readonly code: ProblemCode; readonly message: string };

/** Reads and parses a file. Never throws: what is wrong with the file is the result. */
export async function readSource(file: string): Promise<ParsedSource | Unreadable> {
  try {
    const found = await stat(file);
    if (!found.isFile())
      return { code: 'file-not-found', message: 'the file cannot be read (it is not a regular file)' };
    const { size } = found;
    if (size > MAX_FILE_BYTES) return fileTooLarge(size);
    return parseSource(new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file)));
  } catch (error) {
    if (error instanceof TypeError) return { code: 'not-text', message: 'the file is not UTF-8 text' };
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return {
      code: 'file-not-found',
      message: reason === 'ENOENT' ? 'the file does not exist' : `the file cannot be read (${reason})`,
    };
  }
}

/** Takes a definition that was built in code. */
export function sourceOfValue(value: unknown): ParsedSource | Unreadable {
  const json = plainJsonOf(value);
  if (json !== undefined) return { value: json, locate: nowhere, problems: [] };
  return {
    code: 'not-json',
    message: `a definition must be plain JSON, nested at most ${MAX_DEPTH} deep, without circles`,
  };
}
