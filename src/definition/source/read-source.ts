import { readFile, stat } from 'node:fs/promises';
import { importSource, isModuleFile } from './import-source.js';
import { fileTooLarge, MAX_FILE_BYTES, type ParsedSource, parseSource } from './parse-source.js';
import type { Unreadable } from './source-of-value.js';

/** Reads and parses a YAML or JSON file, or imports one that is TypeScript or JavaScript. Never throws: what is wrong with the file is the result. */
export async function readSource(file: string): Promise<ParsedSource | Unreadable> {
  try {
    const found = await stat(file);
    if (!found.isFile())
      return { code: 'file-not-found', message: 'the file cannot be read (it is not a regular file)' };
    const { size } = found;
    if (size > MAX_FILE_BYTES) return fileTooLarge(size);
    if (isModuleFile(file)) return await importSource(file);
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
