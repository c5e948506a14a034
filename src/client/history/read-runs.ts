import { defineSearchAttributeKey, type TypedSearchAttributes } from '@temporalio/common';
import { type RunSummary, SUMMARY_MEMO, summaryIn } from '../../engine/run-summary.js';
import { SEARCH_ATTRIBUTE } from '../../shared/names.js';
import { listRecords, type RecordLister } from './list-records.js';
import {
  type ListedExecution,
  type ListedStatus,
  listQuery,
  quote,
  type RunListItem,
  toListItem,
} from '../run-list.js';

/** Which past runs are meant. */
export type HistoryFilter = {
  readonly pipeline?: string;
  readonly status?: ListedStatus;
  /** Runs that started at this instant or later. */
  readonly from?: Date;
  /** Runs that started before this instant. */
  readonly to?: Date;
  /** The latest ones, at most so many. @default 5000 */
  readonly limit?: number;
};

/** A run as its records in Temporal's visibility tell of it. */
export type PastRun = RunListItem & {
  readonly mode: string | null;
  /** When its schedule meant it to start; null for a run that a person or another run started. */
  readonly scheduled_at: string | null;
  readonly failed_stages: readonly string[];
  /** What the run left when it ended; null while it goes on, and for one that was terminated or made by an older version. */
  readonly summary: RunSummary | null;
};

/** Past runs, and whether there are more of them than were asked for. */
export type PastRuns = { readonly runs: readonly PastRun[]; readonly isCut: boolean };

const MOST_RUNS = 5_000;

/** Servers list by the time of the end, so among the last to end are not all of the last to start. */
const MARGIN = 200;

const MEMO_FIELDS = ['mode', 'resumed_from', SUMMARY_MEMO];

/**
 * Reads runs, latest start first, with what they left in their memo. It costs one request for a thousand runs: no
 * history is fetched, no worker is asked. What ended a moment ago may be missing: visibility lags behind the runs.
 */
export async function readRuns(
  client: RecordLister,
  filter: HistoryFilter = {},
  now = new Date(),
): Promise<PastRuns> {
  const { limit = MOST_RUNS, status } = filter;
  const most = limit + MARGIN;
  const runs: PastRun[] = [];
  for await (const info of listRecords(client, historyQuery(filter), { fields: MEMO_FIELDS, limit: most })) {
    const run = toPastRun(info, now);
    if (status === undefined || run.status === status) runs.push(run);
    if (runs.length > most) break;
  }
  runs.sort((a, b) => b.started_at.localeCompare(a.started_at));
  return { runs: runs.slice(0, limit), isCut: runs.length > limit };
}

/** The visibility query behind a filter. */
export function historyQuery(filter: HistoryFilter): string {
  const { pipeline, status, from, to } = filter;
  const clauses = [
    listQuery({
      ...(pipeline === undefined ? {} : { pipeline }),
      ...(status === undefined ? {} : { status }),
    }),
    ...(from === undefined ? [] : [`StartTime >= ${quote(from.toISOString())}`]),
    ...(to === undefined ? [] : [`StartTime < ${quote(to.toISOString())}`]),
  ];
  return clauses.join(' AND ');
}

function toPastRun(info: ListedExecution, now: Date): PastRun {
  const { typedSearchAttributes: attributes, memo } = info;
  const mode = memo?.['mode'];
  const summary = summaryIn(memo);
  const scheduled = attributes.get(SCHEDULED);
  return {
    ...withWholeTime(toListItem(info, now), summary),
    mode: typeof mode === 'string' ? mode : modeIn(attributes),
    scheduled_at: scheduled?.toISOString() ?? null,
    failed_stages: attributes.get(FAILED_STAGES) ?? [],
    summary,
  };
}

/** A long run goes on in new executions, and the list knows when the last of them began. */
function withWholeTime(item: RunListItem, summary: RunSummary | null): RunListItem {
  if (summary === null || item.ended_at === null) return item;
  const startedAt = Date.parse(item.ended_at) - summary.ms;
  const isEarlier = startedAt < Date.parse(item.started_at) - LONG_CLOSE_MS;
  return {
    ...item,
    ...(isEarlier ? { started_at: new Date(startedAt).toISOString() } : {}),
    duration_ms: summary.ms,
  };
}

/** A run is closed a little after it has counted its time. */
const LONG_CLOSE_MS = 1_000;

const SCHEDULED = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');
const FAILED_STAGES = defineSearchAttributeKey(SEARCH_ATTRIBUTE.failedStages, 'KEYWORD_LIST');

function modeIn(attributes: TypedSearchAttributes): string | null {
  return attributes.get(defineSearchAttributeKey(SEARCH_ATTRIBUTE.mode, 'KEYWORD')) ?? null;
}
