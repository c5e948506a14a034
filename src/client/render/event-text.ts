import { assertNever } from '../../shared/assert-never.js';
import type { RunEvent, StageErrorEvent } from '../events/run-event.js';
import { shorten } from '../graph/describe-action.js';
import { formatLogLine } from './log-text.js';
import { oneLine } from './printable.js';
import type { Colours } from './renderer.js';
import { duration, errorWords, skipWords, statusColour, statusSign } from './wording.js';

/** An event on one line, for people. */
export function eventText(event: RunEvent, colours: Colours): string {
  if (event.type === 'log') return formatLogLine(event.line, colours);
  const time = colours.dim('at' in event ? event.at : ' '.repeat(24));
  return `${time}  ${words(event, colours)}`;
}

function words(event: Exclude<RunEvent, { type: 'log' }>, colours: Colours): string {
  switch (event.type) {
    case 'run_started':
      return `${colours.cyan('▶')} run ${oneLine(event.workflow_id)} started`;
    case 'wave':
      return colours.dim(`wave ${event.number}: ${event.stages.map(oneLine).join(', ')}`);
    case 'stage_started':
      return `${colours.cyan('▶')} ${oneLine(event.stage)}`;
    case 'stage_changed': {
      const sign = statusColour(event.status, colours)(statusSign(event.status));
      const reason = event.waiting_for === null ? '' : ` for ${oneLine(event.waiting_for)}`;
      return `${sign} ${oneLine(event.stage)} ${event.status.replaceAll('_', ' ')}${reason}`;
    }
    case 'stage_error':
      return `${colours.yellow('↻')} ${oneLine(event.stage)} attempt ${event.attempt} failed${failureWords(event)}`;
    case 'stage_completed': {
      const sign = statusColour(event.status, colours)(statusSign(event.status));
      const took = event.duration_ms === null ? '' : ` in ${duration(event.duration_ms)}`;
      const how =
        event.skip_reason === null ? event.status.replaceAll('_', ' ') : skipWords(event.skip_reason);
      return `${sign} ${oneLine(event.stage)} ${how}${took}`;
    }
    case 'stage_progress': {
      const share = event.fraction === null ? '' : `${Math.floor(event.fraction * 100)}% `;
      return colours.dim(`  ${oneLine(event.stage)} ${share}${oneLine(event.message ?? '')}`.trimEnd());
    }
    case 'map_progress':
      return colours.dim(`  ${oneLine(event.stage)} ${itemWords(event)}`);
    case 'child_started':
      return `${colours.cyan('▶')} ${oneLine(event.stage)} runs ${oneLine(event.workflow_id)}`;
    case 'undo_started':
      return `${colours.yellow('↶')} ${oneLine(event.stage)} is undone`;
    case 'undo_completed': {
      const sign = statusColour(event.status, colours)(statusSign(event.status));
      const why = event.error === null ? '' : `: ${errorWords(event.error)}`;
      return `${sign} undo of ${oneLine(event.stage)} ${event.status}${why}`;
    }
    case 'stage_chunk': {
      const text = typeof event.chunk === 'string' ? event.chunk : JSON.stringify(event.chunk);
      return `${colours.dim('»')} ${oneLine(event.stage)} ${event.index}: ${shorten(oneLine(text), 200)}`;
    }
    case 'stage_chunks_restarted':
      return `${colours.yellow('»')} ${oneLine(event.stage)} begins anew with attempt ${event.attempt}: chunks from ${event.index} on come again`;
    case 'note':
      return colours.yellow(`! ${oneLine(event.text)}`);
    case 'run_ended': {
      const { status, total_duration_ms } = event.result;
      const sign = statusColour(status, colours)(statusSign(status));
      return `${sign} run ${status.replaceAll('_', ' ')} in ${duration(total_duration_ms)}`;
    }
    default:
      return assertNever(event);
  }
}

function itemWords(event: Extract<RunEvent, { type: 'map_progress' }>): string {
  const of = event.total === null ? '' : ` of ${event.total.toLocaleString('en')}`;
  const done = (event.succeeded + event.reused + event.skipped).toLocaleString('en');
  const failed = event.failed === 0 ? '' : `, ${event.failed} failed`;
  const held = event.held === undefined ? '' : `, ${event.held} held`;
  return `${done}${of} items${failed}, ${event.running} running${held}`;
}

function failureWords({ error, will_retry, next_attempt_at }: StageErrorEvent): string {
  const why = error === null ? '' : `: ${errorWords(error)}`;
  if (!will_retry) return why;
  return `${why}; ${next_attempt_at === null ? 'tried again' : `tried again at ${next_attempt_at}`}`;
}
