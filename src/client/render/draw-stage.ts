import stringWidth from 'string-width';
import { itemWords } from '../../engine/item-words.js';
import { fit, oneLine, pad } from './printable.js';
import type { LiveProgress } from '../live-attempt.js';
import type { Colours } from './renderer.js';
import type { StageView } from './run-model.js';
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

/** Everything that a drawing depends on beside the run itself. */
export type Canvas = {
  readonly columns: number;
  readonly rows: number;
  readonly colours: Colours;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Counts the drawings, for the spinner. */
  readonly frame: number;
};

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const BAR_WIDTH = 16;
const TIME_WIDTH = 8;

/** The sign in front of a stage: a spinner frame while it runs. */
function drawSign(stage: StageView, canvas: Canvas): string {
  const { status } = stage.result;
  if (status === 'running' && isBetweenAttempts(stage, canvas.now)) return canvas.colours.yellow('↻');
  const sign = status === 'running' ? (SPINNER[canvas.frame % SPINNER.length] ?? '') : statusSign(status);
  return statusColour(status, canvas.colours)(sign);
}

/** One line: sign, ID, what there is to say, and the time it took so far, no wider than the canvas. */
export function drawStage(
  stage: StageView,
  canvas: Canvas,
  layout: { indent: string; idWidth: number },
): string {
  const { colours } = canvas;
  const id = pad(fit(oneLine(stage.id), layout.idWidth), layout.idWidth);
  const time = stageTime(stage, canvas.now);
  const room = canvas.columns - stringWidth(layout.indent) - 2 - layout.idWidth - 2 - TIME_WIDTH - 2;
  const detail = drawDetail(stage, canvas, Math.max(0, room));
  const isDim = stage.result.status === 'pending' || stage.result.status === 'skipped';
  const start = `${layout.indent}${drawSign(stage, canvas)} ${isDim ? colours.dim(id) : id}`;
  if (time === '') return `${start}  ${detail.text}`.trimEnd();
  const gap = ' '.repeat(Math.max(0, room - detail.width));
  return `${start}  ${detail.text}${gap}  ${colours.dim(time.padStart(TIME_WIDTH))}`;
}

type Detail = { readonly text: string; readonly width: number };

function drawDetail(stage: StageView, canvas: Canvas, room: number): Detail {
  const { colours, now } = canvas;
  const { result, progress, retry } = stage;
  const text = (words: string, colour: Colours['red']): Detail => {
    const cut = fit(words, room);
    return { text: cut === '' ? '' : colour(cut), width: stringWidth(cut) };
  };
  switch (result.status) {
    case 'running':
      if (retry !== null && isBetweenAttempts(stage, now))
        return text(retryWords(retry, now), colours.yellow);
      if (progress !== null) return drawProgress(stage, progress, canvas, room);
      return retry === null ? text(nameOf(stage), colours.dim) : text(retryWords(retry, now), colours.yellow);
    case 'waiting':
      return text('waits for a free slot', colours.dim);
    case 'awaiting_approval':
      return text(awaitWords(result, now), colours.yellow);
    case 'held':
      return text('held, waits for a decision', colours.yellow);
    case 'failed':
    case 'timed_out':
      return text(failureWords(stage), colours.red);
    case 'skipped':
      return text(skipWords(result.skip_reason).replace(/^skipped: /, ''), colours.dim);
    case 'reused':
      return text(reuseWords(result), result.fallback === undefined ? colours.dim : colours.yellow);
    default:
      if (result.items !== undefined) {
        return text(itemWords(result.items), result.items.failed > 0 ? colours.yellow : colours.dim);
      }
      return text(result.attempts > 1 ? `attempt ${result.attempts}` : nameOf(stage), colours.dim);
  }
}

function drawProgress(stage: StageView, progress: LiveProgress, { colours }: Canvas, room: number): Detail {
  if (progress.fraction === null) {
    const cut = fit(oneLine(progress.message ?? ''), room);
    return { text: colours.dim(cut), width: stringWidth(cut) };
  }
  const percent = `${Math.floor(progress.fraction * 100)}%`.padStart(4);
  const attempt = stage.retry === null ? '' : ` attempt ${stage.retry.attempt}`;
  const words = `${percent}${attempt} ${oneLine(progress.message ?? '')}`.trimEnd();
  if (room < BAR_WIDTH + 6) return { text: fit(words, room), width: stringWidth(fit(words, room)) };
  const full = Math.round(progress.fraction * BAR_WIDTH);
  const bar = `${colours.cyan('━'.repeat(full))}${colours.dim('─'.repeat(BAR_WIDTH - full))}`;
  const cut = fit(words, room - BAR_WIDTH - 1);
  return { text: `${bar} ${cut}`, width: BAR_WIDTH + 1 + stringWidth(cut) };
}

function failureWords({ result }: StageView): string {
  const attempts = result.attempts > 1 ? `${result.attempts} attempts · ` : '';
  return result.error === null ? attempts : `${attempts}${errorWords(result.error)}`;
}

function nameOf({ id, result }: StageView): string {
  return result.name === id ? '' : oneLine(result.name);
}

function isBetweenAttempts({ retry }: StageView, now: number): boolean {
  return retry !== null && retry.nextAttemptAt !== null && retry.nextAttemptAt > now;
}

function stageTime({ result }: StageView, now: number): string {
  if (result.duration_ms !== null) return result.status === 'skipped' ? '' : duration(result.duration_ms);
  if (result.status !== 'running' || result.started_at === null) return '';
  return duration(Math.max(0, now - Date.parse(result.started_at)));
}
