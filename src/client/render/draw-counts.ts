import stringWidth from 'string-width';
import type { Canvas } from './draw-stage.js';
import { oneLine } from './printable.js';
import type { StageView } from './run-model.js';
import { statusColour, statusSign } from './wording.js';

const MOST_ID_WIDTH = 28;

/** `✔ 3 succeeded  ✖ 1 failed`: how many stages stand how. */
export function drawCounts(stages: readonly StageView[], canvas: Canvas, withWords = true): string {
  return COUNTED.map(({ word, sign, statuses }) => {
    const count = stages.filter(({ result }) => statuses.includes(result.status)).length;
    const [status] = statuses;
    if (count === 0 || status === undefined) return '';
    return statusColour(status, canvas.colours)(`${sign} ${count}${withWords ? ` ${word}` : ''}`);
  })
    .filter((part) => part !== '')
    .join('  ');
}

/** The width of the column of IDs, which leaves most of a narrow terminal to what there is to say. */
export function idWidthOf(stages: Iterable<StageView>, { columns }: Canvas): number {
  let widest = 0;
  for (const { id } of stages) widest = Math.max(widest, stringWidth(oneLine(id)));
  return Math.min(MOST_ID_WIDTH, Math.floor(columns / 3), widest);
}

const COUNTED: ReadonlyArray<{
  readonly word: string;
  readonly sign: string;
  readonly statuses: ReadonlyArray<StageView['result']['status']>;
}> = [
  { word: 'succeeded', sign: statusSign('succeeded'), statuses: ['succeeded'] },
  { word: 'reused', sign: statusSign('reused'), statuses: ['reused'] },
  { word: 'failed', sign: statusSign('failed'), statuses: ['failed', 'timed_out'] },
  { word: 'running', sign: statusSign('running'), statuses: ['running'] },
  { word: 'waiting for people', sign: statusSign('held'), statuses: ['held', 'awaiting_approval'] },
  { word: 'skipped', sign: statusSign('skipped'), statuses: ['skipped'] },
  { word: 'cancelled', sign: statusSign('cancelled'), statuses: ['cancelled'] },
  { word: 'to come', sign: statusSign('pending'), statuses: ['pending', 'waiting'] },
];
