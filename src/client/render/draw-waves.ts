import { drawCounts, idWidthOf } from './draw-counts.js';
import { type Canvas, drawStage } from './draw-stage.js';
import { isFinal, type RunModel, type StageView } from './run-model.js';

type Wave = readonly [wave: number, stages: readonly StageView[]];

/**
 * Draws a big run in few lines: waves that are over and waves that have not begun are folded, the others show their
 * counts, and below them the stages that failed or run, as far as there is room.
 */
export function drawWaves(model: RunModel, canvas: Canvas, room: number): readonly string[] {
  const lines: string[] = [];
  const waves = foldWaves(model.waves());
  const busy = [...model.stages.values()].filter(needsAttention).sort(byUrgency);
  const stageRoom = Math.min(busy.length, Math.max(Math.floor(room / 2), room - waves.length));
  for (const fold of shorten(waves, room - stageRoom)) {
    lines.push(
      `${canvas.colours.dim('├─')} ${titleOf(fold).padEnd(14)} ${drawCounts(fold.stages, canvas, false)}`,
    );
  }
  const shown = busy.length > stageRoom ? busy.slice(0, Math.max(0, stageRoom - 1)) : busy;
  const idWidth = idWidthOf(shown, canvas);
  for (const stage of shown) lines.push(drawStage(stage, canvas, { indent: '   ', idWidth }));
  if (shown.length < busy.length)
    lines.push(canvas.colours.dim(`   … and ${busy.length - shown.length} more`));
  return lines;
}

type Fold = { readonly first: number; readonly last: number; readonly stages: readonly StageView[] };

/** Joins neighbours that are all over, or all still to come. */
function foldWaves(waves: readonly Wave[]): readonly Fold[] {
  const folds: { first: number; last: number; state: string; stages: StageView[] }[] = [];
  for (const [wave, stages] of waves) {
    const state = stages.every(isFinal) ? 'over' : stages.every(isToCome) ? 'to come' : 'open';
    const previous = folds.at(-1);
    if (previous !== undefined && state !== 'open' && previous.state === state) {
      previous.last = wave;
      previous.stages.push(...stages);
    } else {
      folds.push({ first: wave, last: wave, state, stages: [...stages] });
    }
  }
  return folds;
}

/** Keeps to a number of lines by joining what stands between the first and the last ones. */
function shorten(folds: readonly Fold[], most: number): readonly Fold[] {
  if (folds.length <= most || folds.length < 3) return folds;
  const ends = Math.max(2, most) - 1;
  const head = folds.slice(0, Math.ceil(ends / 2));
  const tail = folds.slice(folds.length - Math.floor(ends / 2));
  const middle = folds.slice(head.length, folds.length - tail.length);
  const first = middle[0]?.first ?? 0;
  const last = middle.at(-1)?.last ?? first;
  return [...head, { first, last, stages: middle.flatMap((fold) => fold.stages) }, ...tail];
}

function titleOf({ first, last }: Fold): string {
  return first === last ? `wave ${first}` : `waves ${first}–${last}`;
}

function needsAttention({ result }: StageView): boolean {
  switch (result.status) {
    case 'failed':
    case 'timed_out':
    case 'running':
    case 'held':
    case 'awaiting_approval':
      return true;
    default:
      return false;
  }
}

/** What waits for people first, then what failed, then what has run longest. */
function byUrgency(a: StageView, b: StageView): number {
  const rank = ({ result }: StageView): number =>
    result.status === 'running' ? 2 : result.status === 'failed' || result.status === 'timed_out' ? 1 : 0;
  return rank(a) - rank(b) || (a.result.started_at ?? '').localeCompare(b.result.started_at ?? '');
}

function isToCome({ result }: StageView): boolean {
  return result.status === 'pending' || result.status === 'waiting';
}
