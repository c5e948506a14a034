import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'sluice';
import { fromProject } from './paths.js';

export type QueryValues = Record<string, string | number | null>;

type Work<T> = (db: DuckDBConnection) => Promise<T>;

/** A database of its own for one stage: reads and writes CSV and Parquet files, so parallel stages cannot meet. */
export function inMemory<T>(work: Work<T>): Promise<T> {
  return connected(':memory:', 'READ_WRITE', work);
}

/** Any number of stages, in any number of processes, may read one database file at the same time. */
export function readOnly<T>(file: string, work: Work<T>): Promise<T> {
  return connected(fromProject(file), 'READ_ONLY', work);
}

export function readWrite<T>(file: string, work: Work<T>): Promise<T> {
  return connected(file, 'READ_WRITE', work);
}

/** Rows of a query, checked against `shape`. */
export async function rowsOf<T extends z.ZodType>(
  db: DuckDBConnection,
  shape: T,
  query: { readonly sql: string; readonly values?: QueryValues },
): Promise<z.output<T>[]> {
  const reader = await db.runAndReadAll(query.sql, query.values);
  return z.array(shape).parse(reader.getRowObjectsJS());
}

/** A column or table name as SQL writes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function connected<T>(file: string, access: string, work: Work<T>): Promise<T> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  // One thread each: the stages already run side by side, and rows keep the order of their file.
  const instance = await DuckDBInstance.create(file, { access_mode: access, threads: '1' });
  try {
    const db = await instance.connect();
    try {
      return await work(db);
    } finally {
      db.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}
