import { once } from 'node:events';
import type { EventsOptions } from '../../events/run-events.js';
import { eventText } from '../../render/event-text.js';
import type { RunHandle } from '../../run-handle.js';
import type { CliContext } from '../context.js';

/** Prints the events of a run, a line each, no faster than they are read. */
export async function printEvents(
  cli: CliContext,
  run: RunHandle,
  options: Pick<EventsOptions, 'after' | 'follow' | 'logs' | 'items' | 'chunks'>,
): Promise<void> {
  for await (const event of run.events({ ...options, signal: cli.interruption() })) {
    const line = cli.isJson ? JSON.stringify(event) : eventText(event, cli.colours.stdout);
    if (!cli.stdout.write(`${line}\n`)) await once(cli.stdout, 'drain');
  }
}
