import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../src/client/events/run-event.js';
import { withBesides } from '../../../../src/client/events/with-besides.js';
import type { LogLine } from '../../../../src/storage/log-line.js';
import { aRunResult, at } from '../../../support/a-run.js';

const note = (text: string): RunEvent => ({ type: 'note', at: at(0), text, cursor: `cursor of ${text}` });
const end: RunEvent = { type: 'run_ended', at: at(9), result: aRunResult({}), cursor: 'end' };

const line = (message: string): LogLine => ({
  time: at(1),
  stage: 'load',
  attempt: 1,
  level: 'info',
  message,
});

describe('events with log lines between them', () => {
  it('end with the end of the run, after the last line that was written before it', async () => {
    async function* events() {
      yield note('one');
      yield end;
    }
    async function* lines(signal: AbortSignal) {
      yield line('a');
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      yield line('b');
    }
    const seen: RunEvent[] = [];
    const merged = withBesides(events, lines, (value, cursor) => ({ type: 'log', line: value, cursor }));
    for await (const event of merged) seen.push(event);
    expect(seen.map((event) => (event.type === 'log' ? event.line.message : event.type))).toEqual([
      'note',
      'a',
      'b',
      'run_ended',
    ]);
    expect(seen[1]?.cursor).toBe('cursor of one');
  });

  it('stop both sources when the reader leaves', async () => {
    const closed: string[] = [];
    const until = (signal: AbortSignal) =>
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    async function* events(signal: AbortSignal) {
      try {
        yield note('one');
        await until(signal);
      } finally {
        closed.push('events');
      }
    }
    async function* lines(signal: AbortSignal): AsyncGenerator<LogLine, void> {
      try {
        yield line('a');
        await until(signal);
      } finally {
        closed.push('lines');
      }
    }
    const merged = withBesides(events, lines, (value, cursor) => ({ type: 'log', line: value, cursor }));
    for await (const event of merged) if (event.type === 'log') break;
    expect(closed.toSorted()).toEqual(['events', 'lines']);
  });
});
