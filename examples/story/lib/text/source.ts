import { readFile } from 'node:fs/promises';
import { memoize } from 'sluice';
import { fromProject } from '../paths.js';
import { NoteWriter } from './notes.js';

/** Learns from a text once in the life of a worker, however many chapters ask. */
export const noteWriterOf = memoize(
  async (file: string) => new NoteWriter(await readFile(fromProject(file), 'utf8')),
  { max: 4, ttl: '1h' },
);
