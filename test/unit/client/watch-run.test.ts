import { expect, it } from 'vitest';
import { ClientError } from '../../../src/client/client-error.js';
import type { WatchEvent, RunSnapshot } from '../../../src/client/watch-event.js';
import { watchRun, type WatchedRun } from '../../../src/client/watch-run.js';
import type { RunResult } from '../../../src/engine/result.js';
import type { LogLine } from '../../../src/storage/log-line.js';
import { aRunResult, aRunStatus, at } from '../../support/a-run.js';

/** A run whose answers and end the test decides. */
function fakeRun(answers: readonly (RunSnapshot | Error)[], lines: readonly LogLine[] = []) {
  let end: (result: RunResult) => void = () => {};
  const ended = new Promise<RunResult>((resolve) => {
    end = resolve;
  });
  const left = [...answers];
  const asked: (string | null)[] = [];
  const run: WatchedRun = {
    snapshot: ({ since }) => {
      asked.push(since);
      const next = left.length > 1 ? left.shift() : left[0];
      return next instanceof Error || next === undefined ? Promise.reject(next) : Promise.resolve(next);
    },
    result: ({ signal }) =>
      Promise.race([
        ended,
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        }),
      ]),
    logs: async function* ({ signal }) {
      yield* lines;
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
  return { run, end, asked };
}

function snapshot(stages: Parameters<typeof aRunStatus>[0]): RunSnapshot {
  return { status: aRunStatus(stages), live: new Map() };
}

const noWorker = Object.assign(new Error('no poller seen'), {
  code: 9,
  details: 'no poller seen',
  metadata: {},
});

async function collect(events: AsyncIterable<WatchEvent>, onEvent: (event: WatchEvent) => void = () => {}) {
  const seen: WatchEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    onEvent(event);
  }
  return seen;
}

it('tells how a run goes from its first answer to its end, and the changes that no answer showed', async () => {
  const { run, end } = fakeRun([snapshot({ load: { status: 'running' }, report: {} })]);
  const result = aRunResult({
    load: { status: 'succeeded', ended_at: at(2) },
    report: { status: 'succeeded', ended_at: at(3) },
  });
  const events = await collect(watchRun(run), (event) => {
    if (event.type === 'run_seen') end(result);
  });
  expect(events.map((event) => event.type)).toEqual([
    'run_seen',
    'stage_changed',
    'stage_changed',
    'run_ended',
  ]);
  expect(events.at(-1)).toEqual({ type: 'run_ended', result });
});

it('asks only for what changed since it last looked, and remembers the rest', async () => {
  const { run, end, asked } = fakeRun([
    snapshot({ load: { status: 'succeeded', ended_at: at(2) }, report: {} }),
    snapshot({ report: { status: 'running', started_at: at(3) } }),
  ]);
  const result = aRunResult({
    load: { status: 'succeeded', ended_at: at(2) },
    report: { status: 'succeeded', ended_at: at(4) },
  });
  const events = await collect(watchRun(run), (event) => {
    if (event.type === 'stage_changed' && event.result.status === 'running') end(result);
  });
  expect(asked.slice(0, 2)).toEqual([null, at(2)]);
  const told = events.map((event) => (event.type === 'stage_changed' ? event.stage : event.type));
  expect(told).toEqual(['run_seen', 'report', 'report', 'run_ended']);
});

it('says once that no worker answers, and goes on when one does', async () => {
  const { run, end } = fakeRun([noWorker, noWorker, snapshot({ load: { status: 'running' } })]);
  const events = await collect(watchRun(run), (event) => {
    if (event.type === 'run_seen') end(aRunResult({ load: { status: 'succeeded' } }));
  });
  expect(events.map((event) => event.type)).toEqual(['quiet', 'run_seen', 'stage_changed', 'run_ended']);
});

it('ends with the error of a run that cannot be watched', async () => {
  const { run } = fakeRun([new ClientError('run_not_found', 'The run "a/1" does not exist.')]);
  await expect(collect(watchRun(run))).rejects.toThrow('The run "a/1" does not exist.');
});

it('stops without an end when it is told to', async () => {
  const stop = new AbortController();
  const { run } = fakeRun([snapshot({ load: { status: 'running' } })]);
  const events = await collect(watchRun(run, { signal: stop.signal }), () => stop.abort());
  expect(events.map((event) => event.type)).toEqual(['run_seen']);
});

it('stops asking when nobody listens any more', async () => {
  const { run, asked } = fakeRun([snapshot({ load: { status: 'running' } })]);
  for await (const _event of watchRun(run)) break;
  const before = asked.length;
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked.length).toBe(before);
});

it('tells what the stages write when it is asked to', async () => {
  const line: LogLine = { stage: 'load', attempt: 1, time: at(1), level: 'info', message: 'hello' };
  const { run, end } = fakeRun([snapshot({ load: { status: 'running' } })], [line]);
  const events = await collect(watchRun(run, { logs: true }), (event) => {
    if (event.type === 'run_seen') end(aRunResult({ load: { status: 'running' } }));
  });
  expect(events).toContainEqual({ type: 'log', line });
  expect(events.at(-1)?.type).toBe('run_ended');
});
