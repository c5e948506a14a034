import prettyMs from 'pretty-ms';
import { approvalWords } from '../../engine/approval.js';
import type { RunStatus, SkipReason, StageResult, StageStatus } from '../../engine/result.js';
import { itemWords } from '../../engine/item-words.js';
import { assertNever } from '../../shared/assert-never.js';
import type { StageRetry } from '../watch-event.js';
import type { Colours } from './renderer.js';
import { oneLine } from './printable.js';

/** `1.2s`, `3m 20s`: short, and no more precise than people care for. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  return prettyMs(ms, { secondsDecimalDigits: ms < 60_000 ? 1 : 0, unitCount: 2 });
}

/** One sign per status; a running stage's sign is a frame of the spinner instead. */
export function statusSign(status: StageStatus): string {
  switch (status) {
    case 'pending':
      return '○';
    case 'waiting':
      return '◌';
    case 'running':
      return '▶';
    case 'awaiting_approval':
    case 'held':
      return '◆';
    case 'succeeded':
      return '✔';
    case 'reused':
      return '♻';
    case 'failed':
      return '✖';
    case 'timed_out':
      return '⧖';
    case 'skipped':
      return '↷';
    case 'cancelled':
      return '■';
    default:
      return assertNever(status);
  }
}

export function statusColour(status: StageStatus | RunStatus['status'], colours: Colours): Colours['red'] {
  switch (status) {
    case 'succeeded':
    case 'reused':
      return colours.green;
    case 'failed':
    case 'timed_out':
      return colours.red;
    case 'cancelled':
    case 'awaiting_approval':
    case 'held':
      return colours.yellow;
    case 'running':
      return colours.cyan;
    case 'pending':
    case 'waiting':
    case 'queued':
    case 'skipped':
      return colours.dim;
    default:
      return assertNever(status);
  }
}

export function skipWords(reason: SkipReason | null): string {
  switch (reason) {
    case 'disabled':
      return 'skipped: disabled';
    case 'condition':
      return 'skipped: its condition is false';
    case 'mode':
      return 'skipped: not part of this mode';
    case 'upstream':
      return 'skipped: something it depends on failed';
    case 'operator':
      return 'skipped: by a person';
    case null:
      return 'skipped';
    default:
      return assertNever(reason);
  }
}

/** Where the output of a reused stage is from. */
export function reuseWords({ fallback, error, reused_from }: StageResult): string {
  const from = reused_from === null ? '' : oneLine(reused_from);
  if (fallback === undefined) return from === '' ? 'reused' : `reused from ${from}`;
  const on = from.replace(/^fallback /, '');
  return `fell back on ${fallback === 'value' ? 'its value' : on}${error === null ? '' : `: ${oneLine(error.type)}`}`;
}

/** How a stage stands, in a few words without its name. */
export function stageWords(stage: StageResult): string {
  switch (stage.status) {
    case 'pending':
      return 'waits for what it depends on';
    case 'waiting':
      return 'ready, waits for a free slot';
    case 'running':
      return 'started';
    case 'awaiting_approval':
      return awaitWords(stage, Date.now());
    case 'held':
      return 'held: waits for a person to retry, skip or fail it';
    case 'succeeded':
      return `succeeded${took(stage)}${ofItems(stage)}`;
    case 'reused':
      return reuseWords(stage);
    case 'failed':
      return `failed${took(stage)}${because(stage)}`;
    case 'timed_out':
      return `timed out${took(stage)}${because(stage)}`;
    case 'skipped':
      return skipWords(stage.skip_reason);
    case 'cancelled':
      return stage.started_at === null ? 'cancelled before it started' : `cancelled${took(stage)}`;
    default:
      return assertNever(stage.status);
  }
}

/** `waits for approval by alice, bob (1 of 2), times out in 3h`. */
export function awaitWords({ approval }: Pick<StageResult, 'approval'>, now: number): string {
  if (approval === undefined) return 'waits for approval';
  const { times_out_at } = approval;
  const end = times_out_at === null ? '' : `, times out in ${duration(Date.parse(times_out_at) - now)}`;
  return `${oneLine(approvalWords(approval))}${end}`;
}

/** `attempt 2 of 3 in 4s after HttpError: 503`. */
export function retryWords(retry: StageRetry, now: number): string {
  const of = retry.maxAttempts > 0 ? ` of ${retry.maxAttempts}` : '';
  const waitMs = retry.nextAttemptAt === null ? 0 : retry.nextAttemptAt - now;
  const when = waitMs > 0 ? ` in ${duration(Math.ceil(waitMs / 1000) * 1000)}` : '';
  const why = retry.error === null ? '' : ` after ${errorWords(retry.error)}`;
  return `attempt ${retry.attempt}${of}${when}${why}`;
}

export function errorWords(error: { readonly type: string; readonly message: string }): string {
  const message = oneLine(error.message);
  return message === '' ? oneLine(error.type) : `${oneLine(error.type)}: ${message}`;
}

function took(stage: StageResult): string {
  const attempts = stage.attempts > 1 ? ` (attempt ${stage.attempts})` : '';
  return stage.duration_ms === null ? attempts : ` in ${duration(stage.duration_ms)}${attempts}`;
}

/** How a map's items ended. */
function ofItems({ items }: StageResult): string {
  return items === undefined ? '' : `: ${itemWords(items)}`;
}

function because(stage: StageResult): string {
  return stage.error === null ? '' : `: ${errorWords(stage.error)}`;
}
