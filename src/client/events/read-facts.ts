import type { Client } from '@temporalio/client';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { temporal } from '@temporalio/proto';
import { JOURNAL_MEMO, type JournalPage } from '../../engine/run-journal.js';
import { isJsonObject } from '../../shared/json.js';
import { PIPELINE_WORKFLOW, SEARCH_ATTRIBUTE } from '../../shared/names.js';
import { describeFailure, millis } from '../live-attempt.js';
import { decodePayloads } from '../payloads.js';
import type { Fact } from './fact.js';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Decoder = Pick<Client, 'options'>;

/** What a page of a run's history says about its stages. Nothing of most events. */
export async function readFacts(
  client: Decoder,
  workflowId: string,
  events: readonly HistoryEvent[],
): Promise<readonly Fact[]> {
  const facts: Fact[] = [];
  for (const event of events) {
    const place = { id: Number(event.eventId?.toString() ?? 0), at: millis(event.eventTime) ?? 0 };
    const fact =
      startOf(event, workflowId, place) ??
      activityOf(event, place) ??
      childOf(event, workflowId, place) ??
      endOf(event, place) ??
      (await attemptOf(client, event, place)) ??
      (await failureOf(client, event, place)) ??
      (await journalOf(client, event, place));
    if (fact !== null) facts.push(fact);
  }
  return facts;
}

type Place = Pick<Fact, 'id' | 'at'>;

function startOf(event: HistoryEvent, workflowId: string, place: Place): Fact | null {
  if (event.workflowTaskCompletedEventAttributes) return { ...place, kind: 'decided' };
  const began = event.workflowExecutionStartedEventAttributes;
  if (!began) return null;
  return {
    ...place,
    kind: 'began',
    workflowId,
    pipeline: pipelineOf(began, workflowId),
    firstRunId: began.firstExecutionRunId ?? '',
    isFirst: (began.continuedExecutionRunId ?? '') === '',
  };
}

/** Workflow IDs of runs begin with the pipeline, where somebody started one without search attributes. */
function pipelineOf(
  { searchAttributes }: temporal.api.history.v1.IWorkflowExecutionStartedEventAttributes,
  workflowId: string,
): string {
  const data = searchAttributes?.indexedFields?.[SEARCH_ATTRIBUTE.pipeline]?.data;
  const text = data ? Buffer.from(data).toString('utf8') : '';
  return /^"[^"]+"$/.test(text) ? text.slice(1, -1) : (workflowId.split('/')[0] ?? workflowId);
}

function activityOf(event: HistoryEvent, place: Place): Fact | null {
  const scheduled = event.activityTaskScheduledEventAttributes;
  if (scheduled) return { ...place, kind: 'scheduled', activityId: scheduled.activityId ?? '' };
  const succeeded = event.activityTaskCompletedEventAttributes;
  return succeeded ? { ...place, kind: 'succeeded', scheduledId: idOf(succeeded.scheduledEventId) } : null;
}

/** A child's workflow ID is that of its parent with the stage behind it, and begins with its own pipeline. */
function childOf(event: HistoryEvent, parentId: string, place: Place): Fact | null {
  const started = event.childWorkflowExecutionStartedEventAttributes;
  if (!started || started.workflowType?.name !== PIPELINE_WORKFLOW) return null;
  const { workflowId = '', runId = '' } = started.workflowExecution ?? {};
  const [pipeline = '', ...rest] = (workflowId ?? '').split('/');
  const start = `${parentId.slice(parentId.indexOf('/') + 1)}.`;
  const key = rest.join('/');
  if (!key.startsWith(start)) return null;
  const child = { pipeline, workflowId: workflowId ?? '', runId: runId ?? '' };
  return { ...place, kind: 'child', stage: key.slice(start.length), ...child };
}

function endOf(event: HistoryEvent, place: Place): Fact | null {
  const next = event.workflowExecutionContinuedAsNewEventAttributes;
  if (next) return { ...place, kind: 'continued', runId: next.newExecutionRunId ?? '' };
  const ended =
    event.workflowExecutionCompletedEventAttributes ??
    event.workflowExecutionFailedEventAttributes ??
    event.workflowExecutionCanceledEventAttributes ??
    event.workflowExecutionTerminatedEventAttributes ??
    event.workflowExecutionTimedOutEventAttributes;
  return ended ? { ...place, kind: 'ended' } : null;
}

async function attemptOf(client: Decoder, event: HistoryEvent, place: Place): Promise<Fact | null> {
  const started = event.activityTaskStartedEventAttributes;
  if (!started) return null;
  const converter = client.options.loadedDataConverter;
  const failure = await decodeOptionalFailureToOptionalError(converter, started.lastFailure);
  return {
    ...place,
    kind: 'attempt',
    scheduledId: idOf(started.scheduledEventId),
    attempt: started.attempt ?? 1,
    error: failure === undefined ? null : describeFailure(failure),
  };
}

async function failureOf(client: Decoder, event: HistoryEvent, place: Place): Promise<Fact | null> {
  const failed = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
  const closed = failed ?? event.activityTaskCanceledEventAttributes;
  if (!closed) return null;
  const failure = await decodeOptionalFailureToOptionalError(
    client.options.loadedDataConverter,
    failed?.failure,
  );
  const error = failure === undefined ? null : describeFailure(failure);
  return { ...place, kind: 'closed', scheduledId: idOf(closed.scheduledEventId), error };
}

async function journalOf(client: Decoder, event: HistoryEvent, place: Place): Promise<Fact | null> {
  const payload = event.workflowPropertiesModifiedEventAttributes?.upsertedMemo?.fields?.[JOURNAL_MEMO];
  if (!payload) return null;
  const [page] = await decodePayloads(client, [payload]);
  // The last change of the memo takes the journal out of it.
  return isJournalPage(page) ? { ...place, kind: 'journal', page } : null;
}

function isJournalPage(value: unknown): value is JournalPage {
  return isJsonObject(value) && Array.isArray(value['entries']);
}

function idOf(id: { toString(): string } | null | undefined): number {
  return Number(id?.toString() ?? 0);
}
