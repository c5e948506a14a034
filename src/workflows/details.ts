import { setCurrentDetails } from '@temporalio/workflow';
import { formatDuration } from '../shared/format-duration.js';
import { type Approval, approvalWords } from '../engine/approval.js';
import { canaryWords } from '../engine/canary-words.js';
import { isoTime, type StageRecord } from '../engine/stage-record.js';
import { evidenceText, fieldWords } from '../engine/approval-question.js';
import { itemWords } from '../engine/item-words.js';
import type { Alarm, Amendment, Paused } from '../engine/steering.js';
import type { ItemSummary, StageStatus } from '../engine/result.js';

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

const FALLBACK = { last_success: 'its last success', value: 'a value', uses: 'another function' } as const;

/** Of alarms and of changes each. */
const MOST_HEADLINES = 5;
const MOST_QUESTIONS = 10;

/** Why a run starts nothing, what people changed, and what it alarmed them of. */
type ShownSteering = {
  readonly pause: { readonly paused: Paused | null };
  readonly changes: { readonly amendments: readonly Amendment[] };
  readonly deadlines: { readonly alarms: readonly Alarm[] };
  readonly approvals: { readonly questions: ReadonlyMap<string, Approval> };
};

/** How far the items of a map are that runs at the moment. */
type LiveItems = (stage: string) => ItemSummary | undefined;

/**
 * Makes the table of stages the run's current details in the Temporal Web UI. It is drawn whenever somebody looks and
 * costs nothing until then: the SDK reads the details only to answer that query, as JSON.
 */
export function showDetails(
  records: () => readonly StageRecord[],
  liveItems: LiveItems,
  steering: ShownSteering,
): void {
  const details = {
    toJSON: () =>
      [
        ...headlines(steering),
        detailsOf(records(), liveItems),
        ...questions(steering.approvals.questions),
      ].join('\n\n'),
  };
  setCurrentDetails(details as unknown as string);
}

/** What people should know before they read the table. */
function headlines({ pause, changes, deadlines }: ShownSteering): readonly string[] {
  const { paused } = pause;
  return [
    ...(paused === null
      ? []
      : [`**Paused** by ${line(paused.by)} since ${paused.at}${becauseOf(paused.reason)}`]),
    ...changes.amendments
      .filter(({ what }) => what !== 'paused')
      .slice(-MOST_HEADLINES)
      .map(changeLine),
    ...deadlines.alarms.slice(-MOST_HEADLINES).map(({ at, message }) => `**Alarm** ${at}: ${line(message)}`),
  ];
}

function changeLine({ by, at, what, after, reason }: Amendment): string {
  const value = (JSON.stringify(after) ?? 'nothing').slice(0, 100);
  return `**Changed** by ${line(by)} at ${at}: ${line(what)} is ${line(value)}${becauseOf(reason)}`;
}

function becauseOf(reason: string | null): string {
  return reason === null || reason === '' ? '' : `: ${line(reason)}`;
}

/** What people are asked, with what they should look at and may give. */
function questions(open: ReadonlyMap<string, Approval>): readonly string[] {
  return [...open].slice(0, MOST_QUESTIONS).flatMap(([stage, approval]) => {
    const evidence = evidenceText(approval.evidence);
    const fields = Object.entries(approval.fields).map(
      ([name, spec]) => `- ${line(name)}: ${line(fieldWords(spec))}`,
    );
    return [
      `**${line(stage)}** asks: ${line(approval.message)}`,
      ...(evidence === null ? [] : [`\`\`\`json\n${evidence}\n\`\`\``]),
      ...(fields.length === 0 ? [] : [fields.join('\n')]),
    ];
  });
}

/** One line of counts and a Markdown table of stages. */
function detailsOf(all: readonly StageRecord[], liveItems: LiveItems): string {
  const rows = all.length <= MOST_ROWS ? all : mostTelling(all);
  const table = rows.map((record) => rowOf(record, liveItems(record.plan.id)));
  const rest = all.length > rows.length ? `\n\n${all.length - rows.length} more stages are not shown.` : '';
  return `${counts(all)}\n\n| stage | name | status | wave | took | note |\n|---|---|---|---|---|---|\n${table.join('\n')}${rest}`;
}

function rowOf(record: StageRecord, live: ItemSummary | undefined): string {
  const { id, name } = record.plan;
  const cells = [
    cell(id),
    cell(name),
    record.status,
    record.wave,
    timeOf(record),
    cell(noteOf(record, live)),
  ];
  return `| ${cells.join(' | ')} |`;
}

function counts(records: readonly StageRecord[]): string {
  const byStatus = new Map<StageStatus, number>();
  for (const { status } of records) byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
  const parts = ORDER.filter((status) => byStatus.has(status)).map(
    (status) => `${byStatus.get(status)} ${status}`,
  );
  const stages = records.length === 1 ? 'stage' : 'stages';
  return `**${records.length} ${stages}**: ${parts.join(', ')}`;
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
  const ms = record.endedAt - record.startedAt;
  return formatDuration(ms < 1_000 ? ms : Math.round(ms / 1_000) * 1_000);
}

function noteOf(record: StageRecord, live: ItemSummary | undefined): string {
  const { outcome, status, approval, canary, until, waitingFor } = record;
  const { error, fallback, reused_from, skip_reason } = outcome ?? {};
  const items = live ?? outcome?.items;
  return [
    ...(error === undefined ? [] : [`${error.type}: ${error.message.slice(0, 200)}`]),
    ...(items === undefined ? [] : [itemWords(items)]),
    ...(status === 'awaiting_approval' && approval !== undefined ? [waitWords(approval)] : []),
    ...(canary !== undefined && outcome === null ? [canaryWords(canary)] : []),
    ...(status === 'held' ? ['waits for retry, skip or fail'] : []),
    ...(status === 'running' && until !== undefined ? [`until ${isoTime(until)}`] : []),
    ...(status === 'waiting' && waitingFor !== undefined ? [`waits for ${waitingFor}`] : []),
    ...(fallback === undefined ? [] : [`fell back on ${FALLBACK[fallback]}`]),
    ...(reused_from === undefined || (fallback ?? 'last_success') !== 'last_success'
      ? []
      : [`from ${reused_from}`]),
    ...(skip_reason === undefined ? [] : [skip_reason]),
  ].join('; ');
}

function waitWords(approval: Approval): string {
  const { message, times_out_at } = approval;
  const end = times_out_at === null ? '' : `, until ${times_out_at}`;
  return `${message.slice(0, 200)} (${approvalWords(approval)}${end})`;
}

/** Keeps text from breaking out of its cell. */
function cell(text: string): string {
  return line(text).replaceAll('|', '\\|');
}

function line(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll('<', '&lt;');
}
