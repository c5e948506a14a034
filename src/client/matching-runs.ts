import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { SEARCH_ATTRIBUTE } from '../shared/names.js';
import { refusal } from './grpc-errors.js';
import { listQuery, type RunListItem, toListItem } from './run-list.js';

/** Which running runs are meant: those of a pipeline, those that a visibility query finds, or both at once. */
export type RunMatch = { readonly pipeline?: string; readonly query?: string };

/** A typo should not reach for every run of a namespace. */
const MOST_MATCHED = 1_000;

/**
 * The running runs that match, latest start first. A child run whose parent is among them is left out: it is reached
 * through its parent. Throws when the query is wrong.
 */
export async function matchingRuns(client: Client, match: RunMatch): Promise<readonly RunListItem[]> {
  const { pipeline, query } = match;
  const clauses = [
    listQuery(pipeline === undefined ? {} : { pipeline }),
    `ExecutionStatus = 'Running'`,
    ...(query === undefined ? [] : [`(${query})`]),
  ];
  const found: { readonly item: RunListItem; readonly parent: string | undefined }[] = [];
  const parentKey = defineSearchAttributeKey(SEARCH_ATTRIBUTE.parentRun, 'KEYWORD');
  try {
    for await (const info of client.workflow.list({ query: clauses.join(' AND '), pageSize: 1_000 })) {
      const parent = info.typedSearchAttributes.get(parentKey) ?? undefined;
      found.push({ item: toListItem(info, new Date()), parent });
      if (found.length >= MOST_MATCHED) break;
    }
  } catch (error) {
    throw refusal(error, client.options.namespace);
  }
  const ids = new Set(found.map(({ item }) => item.workflow_id));
  return found
    .filter(({ parent }) => parent === undefined || !ids.has(parent))
    .map(({ item }) => item)
    .sort((a, b) => b.started_at.localeCompare(a.started_at));
}
