import { once } from 'node:events';
import type { StageHandle } from '../../events/stage-handle.js';
import type { StreamItem, StreamOptions } from '../../events/stage-stream.js';
import type { CliContext } from '../context.js';

/** Prints the chunks of a stage, no faster than they are read. */
export async function printStream(
  cli: CliContext,
  stage: StageHandle,
  options: Omit<StreamOptions, 'signal'>,
): Promise<void> {
  for await (const item of stage.stream({ ...options, signal: cli.interruption() })) {
    if (item.type === 'restart' && !cli.isJson) {
      cli.note(`Attempt ${item.attempt} begins anew at chunk ${item.index}.`);
      continue;
    }
    const text = cli.isJson ? `${JSON.stringify(item)}\n` : textOf(item);
    if (!cli.stdout.write(text)) await once(cli.stdout, 'drain');
  }
}

/** Text as it is, so that pieces of a sentence make one; anything else on a line of its own. */
function textOf(item: StreamItem): string {
  if (item.type === 'restart') return '';
  return typeof item.chunk === 'string' ? item.chunk : `${JSON.stringify(item.chunk)}\n`;
}
