import { formatDuration } from '../shared/format-duration.js';
import type { StageRecord } from '../engine/stage-record.js';
import type { StageStatus } from '../engine/result.js';

/** Rows in the table; a longer one would only slow the page down. */
const MOST_ROWS = 60;

const ORDER: readonly StageStatus[] = [
  'failed',
  'timed_out',
  'held',
  'awaiting_approval',
  'running',
  'waiting',
  'cancelled',
  'succeeded',
  'reused',
  'skipped',
  'pending',
];

/** Rows by stage, kept as long as nothing changes: a record is never changed but replaced. */
export type RowCache = Map<string, { readonly record: StageRecord; readonly row: string }>;

/** The Markdown that the Temporal Web UI shows as a run's current details: one line of counts and a table of stages. */
export function detailsOf(records: Iterable<StageRecord>, cache: RowCache = new Map()): string {
  const all = [...records];
  const rows = all.length <= MOST_ROWS ? all : mostTelling(all);
  const table = rows.map((record) => cachedRow(record, cache));
  const rest = all.length > rows.length ? `\n\n${all.length - rows.length} more stages are not shown.` : '';
  return `${counts(all)}\n\n| stage | name | status | wave | took | note |\n|---|---|---|---|---|---|\n${table.join('\n')}${rest}`;
}

function cachedRow(record: StageRecord, cache: RowCache): string {
  const { id, name } = record.plan;
  const known = cache.get(id);
  if (known?.record === record) return known.row;
  const cells = [cell(id), cell(name), record.status, record.wave, timeOf(record), cell(noteOf(record))];
  const row = `| ${cells.join(' | ')} |`;
  cache.set(id, { record, row });
  return row;
}

function counts(records: readonly StageRecord[]): string {
  const byStatus = new Map<StageStatus, number>();
  for (const { status } of records) byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
  const parts = ORDER.filter((status) => byStatus.has(status)).map(
    (status) => `${byStatus.get(status)} ${status}`,
  );
  return `**${records.length} stages**: ${parts.join(', ')}`;
}

function mostTelling(records: readonly StageRecord[]): readonly StageRecord[] {
  const rows: StageRecord[] = [];
  for (const status of ORDER) {
    for (const record of records) if (record.status === status && rows.length < MOST_ROWS) rows.push(record);
    if (rows.length >= MOST_ROWS) break;
  }
  return rows;
}

function timeOf(record: StageRecord): string {
  if (record.startedAt === null || record.endedAt === null) return '';
  return formatDuration(record.endedAt - record.startedAt);
}

function noteOf(record: StageRecord): string {
  const error = record.outcome?.error;
  if (error !== undefined) return `${error.type}: ${error.message.slice(0, 200)}`;
  return record.outcome?.skip_reason ?? '';
}

/** Keeps text from breaking out of its cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
}
