import { readFile } from 'node:fs/promises';
import { memoize, StageFailure } from 'sluice';
import { fromProject } from '../paths.js';
import { NoteWriter } from './notes.js';

/** Learns from a text once in the life of a worker, however many chapters ask. */
export const noteWriterOf = memoize(
  async (file: string) => {
    const path = fromProject(file);
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      throw new StageFailure(`The source ${path} cannot be read: set STORY_SOURCE to a text in English.`, {
        type: 'SourceMissing',
        retryable: false,
        cause,
      });
    });
    return new NoteWriter(text);
  },
  { max: 4, ttl: '1h' },
);
