import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { RunInput } from '../engine/run-input.js';
import { searchLabels } from '../engine/search-labels.js';
import { NOTHING_AWAITED, SEARCH_ATTRIBUTE } from '../shared/names.js';

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);
const keywords = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD_LIST);

/**
 * True when whoever started the run gave it Sluice's search attributes, so the server knows them. Setting one that
 * it does not know would fail the workflow task again and again.
 */
function areKnown(): boolean {
  return workflowInfo().searchAttributes[SEARCH_ATTRIBUTE.pipeline] !== undefined;
}

/** Marks how the run stands, for lists and filters. */
export function publishStatus(status: string, failedStages: readonly string[]): void {
  if (!areKnown()) return;
  const failed =
    failedStages.length === 0
      ? []
      : [{ key: keywords(SEARCH_ATTRIBUTE.failedStages), value: failedStages.slice(0, 20) }];
  upsertSearchAttributes([{ key: keyword(SEARCH_ATTRIBUTE.status), value: status }, ...failed]);
}

/**
 * Marks what the run waits for people to decide. A server that does not know the attribute is one whose runs start
 * without it.
 */
export function publishAwaiting(kinds: readonly string[]): void {
  if (workflowInfo().searchAttributes[SEARCH_ATTRIBUTE.awaiting] === undefined) return;
  const value = kinds.length === 0 ? NOTHING_AWAITED : [...new Set(kinds)].sort().join(',');
  upsertSearchAttributes([{ key: keyword(SEARCH_ATTRIBUTE.awaiting), value }]);
}

/** The search attributes of a child run. */
export function childSearchAttributes(input: Pick<RunInput, 'plan' | 'mode' | 'partition'>): {
  readonly typedSearchAttributes?: SearchAttributePair[];
} {
  if (!areKnown()) return {};
  const { plan, mode } = input;
  const labels = [...searchLabels(input)];
  return {
    typedSearchAttributes: [
      { key: keyword(SEARCH_ATTRIBUTE.pipeline), value: plan.pipeline },
      { key: keyword(SEARCH_ATTRIBUTE.version), value: plan.version },
      { key: keyword(SEARCH_ATTRIBUTE.status), value: 'running' },
      { key: keyword(SEARCH_ATTRIBUTE.parentRun), value: workflowInfo().workflowId },
      ...(mode === null ? [] : [{ key: keyword(SEARCH_ATTRIBUTE.mode), value: mode }]),
      ...awaitingOfChild(),
      ...(labels.length === 0 ? [] : [{ key: keywords(SEARCH_ATTRIBUTE.labels), value: labels }]),
    ],
  };
}

function awaitingOfChild(): readonly SearchAttributePair[] {
  if (workflowInfo().searchAttributes[SEARCH_ATTRIBUTE.awaiting] === undefined) return [];
  return [{ key: keyword(SEARCH_ATTRIBUTE.awaiting), value: NOTHING_AWAITED }];
}
