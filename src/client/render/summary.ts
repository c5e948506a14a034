import type { RunResult, RunStatus, StageResult } from '../../engine/result.js';
import { itemWords } from '../../engine/item-words.js';
import { oneLine, printable } from './printable.js';
import type { Colours } from './renderer.js';
import { stagesAfterEnd } from '../stages-after-end.js';
import { duration, reuseWords, skipWords, statusColour, statusSign } from './wording.js';

const MOST_ROWS = 40;

/** The rows of the table that ends a run: stage, status, attempts, duration, and what there is to say. */
export function summaryRows(
  result: Pick<RunStatus, 'stages' | 'hooks' | 'undone'>,
  colours: Colours,
): ReadonlyArray<readonly string[]> {
  const stages = [...Object.entries(result.stages), ...Object.entries(stagesAfterEnd(result))];
  // A long table is only worth reading for what did not go well.
  const shown =
    stages.length <= MOST_ROWS ? stages : stages.filter(([, stage]) => stage.status !== 'succeeded');
  const rows = shown.slice(0, MOST_ROWS).map(([id, stage]) => summaryRow(id, stage, colours));
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

function summaryRow(id: string, stage: StageResult, colours: Colours): readonly string[] {
  const colour = statusColour(stage.status, colours);
  const words = stage.status.replaceAll('_', ' ');
  return [
    oneLine(id),
    colour(`${statusSign(stage.status)} ${words}`),
    stage.attempts > 0 ? String(stage.attempts) : '',
    stage.duration_ms === null || stage.status === 'skipped' ? '' : duration(stage.duration_ms),
    remark(stage),
  ];
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
