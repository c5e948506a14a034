import type { LogLine } from '../../storage/log-line.js';
import { oneLine, printable } from './printable.js';
import type { Colours } from './renderer.js';

/** `train │ epoch 3 of 10`: one line of a stage's log. Lines of a command keep their own layout; `»` marks what a stage yields. */
export function formatLogLine(line: LogLine, colours: Colours): string {
  const attempt = line.attempt > 1 ? `#${line.attempt}` : '';
  const item = line.item === undefined ? '' : `.${line.item}`;
  const mark = line.stream === 'chunks' ? '»' : '│';
  const head = colours.dim(`${oneLine(line.stage)}${item}${attempt} ${mark}`);
  const fields = line.fields === undefined ? '' : ` ${colours.dim(printable(JSON.stringify(line.fields)))}`;
  return `${head} ${levelColour(line, colours)(printable(line.message))}${fields}`;
}

function levelColour({ level, stream }: LogLine, colours: Colours): Colours['red'] {
  if (level === 'error' && stream === undefined) return colours.red;
  if (level === 'warn') return colours.yellow;
  return level === 'debug' ? colours.dim : String;
}
