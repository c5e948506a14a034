import type { RunResult, RunStatus, StageResult } from '../../engine/result.js';
import { itemWords } from '../../engine/item-words.js';
import type { LiveAttempt } from '../live-attempt.js';
import { oneLine, printable } from './printable.js';
import type { Colours } from './renderer.js';
import { stagesAfterEnd } from '../stages-after-end.js';
import {
  awaitWords,
  duration,
  errorWords,
  retryWords,
  reuseWords,
  skipWords,
  statusColour,
  statusSign,
} from './wording.js';

const MOST_ROWS = 40;

/** What is known of stages that have not ended. */
export type OpenFacts = { readonly live: ReadonlyMap<string, LiveAttempt>; readonly now: number };

/** The rows of the table that ends a run: stage, status, attempts, duration, and what there is to say. */
export function summaryRows(
  result: Pick<RunStatus, 'stages' | 'hooks' | 'undone'>,
  colours: Colours,
  open: OpenFacts = { live: new Map(), now: Date.now() },
): ReadonlyArray<readonly string[]> {
  const stages = [...Object.entries(result.stages), ...Object.entries(stagesAfterEnd(result))];
  // A long table is only worth reading for what did not go well.
  const shown =
    stages.length <= MOST_ROWS ? stages : stages.filter(([, stage]) => stage.status !== 'succeeded');
  const rows = shown.slice(0, MOST_ROWS).map(([id, stage]) => summaryRow(id, stage, { colours, open }));
  const hidden = stages.length - rows.length;
  return hidden === 0 ? rows : [...rows, [colours.dim(`… and ${hidden} more`), '', '', '', '']];
}

/** `✔ demo succeeded in 3.2s`, with the run's error where it has one. */
export function summaryLine(result: RunResult, colours: Colours): string {
  const words = result.status === 'timed_out' ? 'timed out' : result.status;
  const colour = statusColour(result.status, colours);
  const partial = result.partial ? colours.yellow(' (in part: not every stage did)') : '';
  return `${colour(`${statusSign(result.status)} ${oneLine(result.pipeline)} ${words}`)} in ${duration(result.total_duration_ms)}${partial}`;
}

/** The errors of a run in full, one block per failed stage. */
export function failureBlocks(result: RunResult, colours: Colours): readonly string[] {
  const stages = [...Object.entries(result.stages), ...Object.entries(stagesAfterEnd(result))];
  const failed = stages
    .filter(([, stage]) => stage.error !== null && stage.fallback === undefined)
    .slice(0, 10);
  const blocks = failed.map(([id, { error }]) => {
    if (error === null) return '';
    const where = error.stage === '' || error.stage === id ? id : error.stage;
    const head = `${colours.red(`${statusSign('failed')} ${oneLine(where)}`)} ${colours.dim(oneLine(error.type))}`;
    return `${head}\n${indent(printable(error.message))}`;
  });
  if (result.error === null || failed.length > 0) return blocks;
  return [`${colours.red(oneLine(result.error.type))}\n${indent(printable(result.error.message))}`];
}

type Facts = { readonly colours: Colours; readonly open: OpenFacts };

function summaryRow(id: string, stage: StageResult, { colours, open }: Facts): readonly string[] {
  const colour = statusColour(stage.status, colours);
  const words = stage.status.replaceAll('_', ' ');
  return [
    oneLine(id),
    colour(`${statusSign(stage.status)} ${words}`),
    stage.attempts > 0 ? String(stage.attempts) : '',
    timeWords(stage, open.now),
    openRemark(stage, open.live.get(id), open.now) ?? remark(stage),
  ];
}

function timeWords({ status, duration_ms, started_at, ended_at }: StageResult, now: number): string {
  if (status === 'skipped') return '';
  if (duration_ms !== null) return duration(duration_ms);
  return started_at === null || ended_at !== null ? '' : duration(Math.max(0, now - Date.parse(started_at)));
}

/** What there is to say of a stage that has not ended; null where nothing is. */
function openRemark(stage: StageResult, live: LiveAttempt | undefined, now: number): string | null {
  switch (stage.status) {
    case 'awaiting_approval':
      return awaitWords(stage, now);
    case 'held':
      return `waits for retry, skip or fail${stage.error === null ? '' : ` after ${errorWords(stage.error)}`}`;
    case 'waiting':
      return `waits for ${stage.waiting_for ?? 'a free slot'}`;
    case 'running':
      return live === undefined || stage.items !== undefined ? null : liveWords(live, now);
    default:
      return null;
  }
}

function liveWords({ attempt, maxAttempts, lastError, nextAttemptAt, progress }: LiveAttempt, now: number) {
  const fraction = progress?.fraction ?? null;
  const done = fraction === null ? [] : [`${Math.floor(fraction * 100)}%`];
  const message =
    progress?.message === undefined || progress.message === null ? [] : [oneLine(progress.message)];
  const retry =
    attempt > 1 ? [retryWords({ attempt, maxAttempts, error: lastError, nextAttemptAt }, now)] : [];
  return [...done, ...message, ...retry].join(', ');
}

function remark(stage: StageResult): string {
  if (stage.fallback !== undefined) return reuseWords(stage);
  const items = stage.items === undefined ? '' : itemWords(stage.items);
  if (stage.error !== null)
    return [oneLine(stage.error.type), items].filter((part) => part !== '').join(', ');
  if (items !== '') return items;
  if (stage.status === 'skipped') return skipWords(stage.skip_reason).replace(/^skipped: /, '');
  return stage.reused_from === null ? '' : `from ${oneLine(stage.reused_from)}`;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
