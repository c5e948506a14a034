import { expect, it } from 'vitest';
import { type RunFile, runStatus } from '../../../src/engine/run-result.js';
import type { StageRecord } from '../../../src/engine/stage-record.js';
import { aStage } from '../../support/a-plan.js';

function record(id: string, times: { startedAt?: number; endedAt?: number }): StageRecord {
  const { startedAt = null, endedAt = null } = times;
  const status = endedAt !== null ? 'succeeded' : startedAt !== null ? 'running' : 'pending';
  const outcome = endedAt === null ? null : ({ status: 'succeeded', attempts: 1, output: 1 } as const);
  return { plan: aStage(id), wave: 1, status, startedAt, endedAt, outcome };
}

const FILE: RunFile = {
  pipeline: 'example',
  version: '1.0.0',
  workflowId: 'example/1',
  runId: 'run',
  mode: null,
  startedAt: 0,
  endedAt: null,
  now: 100,
  status: 'running',
  stages: [
    record('old', { startedAt: 1, endedAt: 10 }),
    record('new', { startedAt: 1, endedAt: 20 }),
    record('busy', { startedAt: 30 }),
    record('later', {}),
  ],
  hooks: [],
  undone: new Map(),
  outputs: {},
  error: null,
  metrics: {},
  state: { big: 'value' },
  paused: null,
  amendments: [],
  alarms: [],
  notes: ['note'],
};

it('holds every stage, its output and the state of the run', () => {
  const status = runStatus(FILE, { outputs: true });
  expect(Object.keys(status.stages)).toEqual(['old', 'new', 'busy', 'later']);
  expect(status.stages['old']?.output).toBe(1);
  expect(status.executed_stages).toEqual(['old', 'new']);
  expect(status.state).toEqual({ big: 'value' });
});

it('holds only what started or ended since an instant, with the progress of the whole run', () => {
  const status = runStatus(FILE, { outputs: false, since: 20 });
  expect(Object.keys(status.stages)).toEqual(['new', 'busy']);
  expect(status.executed_stages).toEqual([]);
  expect(status.state).toEqual({});
  expect(status.progress).toMatchObject({ total: 4, done: 2, running: 1 });
  expect(status.notes).toEqual(['note']);
});
