import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunStatus, StageResult } from '../../../../../src/engine/result.js';
import type { AwaitedStage } from '../../../../../src/shared/awaited.js';
import { WatchKeys, type WatchKeysOptions } from '../../../../../src/client/cli/watch/watch-keys.js';
import { aRunStatus, at } from '../../../../support/a-run.js';

let calls: unknown[];
let said: string[];
let footer: string;
let raw: boolean[];
let input: PassThrough;
let keys: WatchKeys;

const note = (name: string) => async (message: unknown) => {
  calls.push([name, message]);
};

beforeEach(() => {
  [calls, said, footer, raw] = [[], [], '', []];
  input = new PassThrough();
  const run = {
    workflowId: 'ship/today',
    approve: note('approve'),
    reject: async () => {
      throw new Error('not now');
    },
    cancel: note('cancel'),
    status: async () =>
      aRunStatus({}, { item_approvals: { 'each.2/ask': asked().approval } } as Partial<RunStatus>),
    steering: {
      retryStage: note('retry'),
      skipStage: note('skip'),
      pause: note('pause'),
      unpause: note('unpause'),
    },
  };
  keys = new WatchKeys({
    input: Object.assign(input, { isTTY: true, setRawMode: (isRaw: boolean) => raw.push(isRaw) }),
    run: run as unknown as WatchKeysOptions['run'],
    by: 'ada',
    say: (text) => said.push(text),
    footer: (text) => {
      footer = text;
    },
    log: () => undefined,
    interrupt: () => calls.push('interrupt'),
  });
});
afterEach(() => keys.close());

function see(stages: Readonly<Record<string, Partial<StageResult>>>): void {
  keys.see({ type: 'run_seen', status: aRunStatus(stages) });
}

/** Types like a person; a promise's worth of time passes between keys. */
async function type(...typed: readonly string[]): Promise<void> {
  for (const text of typed) {
    input.write(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const asked = (fields = {}): Partial<StageResult> => ({
  status: 'awaiting_approval',
  approval: {
    message: 'Ship?',
    approvers: [],
    required: 1,
    since: at(0),
    times_out_at: null,
    on_timeout: 'reject',
    evidence: null,
    fields,
    decisions: [],
    decided_by: null,
  },
});

describe('keys while a run is watched', () => {
  it('approve the stage that waits, with the values of its fields and a comment', async () => {
    see({ 'sign-off': asked({ count: { type: 'integer', required: true } }) });
    expect(footer).toBe(
      'sign-off: a approve · x reject · p pause · l logs · c cancel · Ctrl-C stop following',
    );
    await type('a');
    expect(footer).toBe('count (integer): ▏');
    await type('4', '2', '\r', 'o', 'x', '\u007f', 'k', '\r');
    expect(calls).toEqual([
      ['approve', { stage: 'sign-off', as: 'ada', fields: { count: 42 }, comment: 'ok' }],
    ]);
    expect(said).toEqual([
      'Ship?\n\nFields\n  count: integer, required\n\nwaits for approval by anyone (0 of 1)',
      'Approved "sign-off".',
    ]);
  });

  it('choose between several stages and decide about held ones', async () => {
    see({ ask: asked(), load: { status: 'held' } });
    await type('r', '\u001b[B', 'r', 's');
    expect(calls).toEqual([
      ['retry', { by: 'ada', reason: null, stage: 'load' }],
      ['skip', { by: 'ada', reason: null, stage: 'load' }],
    ]);
  });

  it('reach items of maps, and approvals inside of them', async () => {
    see({ each: { status: 'running' } });
    const waits = { since: at(0), times_out_at: null };
    const held = { kind: 'held', message: 'Bad: 17 is bad', ...waits } as const;
    const approval = {
      kind: 'approval',
      message: 'Ship?',
      approvers: [],
      approved_by: [],
      required: 1,
      ...waits,
    };
    const items = new Map<string, AwaitedStage>([
      ['each.17', held],
      ['each.2/ask', approval as AwaitedStage],
      ['each.3/ask', approval as AwaitedStage],
    ]);
    keys.see({ type: 'items_waiting', items });
    expect(footer).toContain('each.17: r retry · s skip · ↑↓ choose');
    await type('r', 's', '\u001b[B');
    expect(footer).toContain('each.2/ask: a approve · x reject');
    await type('a', '\r');
    expect(calls).toEqual([
      ['retry', { by: 'ada', reason: null, stage: 'each', item: 17 }],
      ['skip', { by: 'ada', reason: null, stage: 'each', item: 17 }],
      ['approve', { stage: 'each.2/ask', as: 'ada', fields: {} }],
    ]);
    expect(said).toContain('Ship?\n\nwaits for approval by anyone (0 of 1)');
    await type('\u001b[B', 'a');
    expect(said.at(-1)).toBe('"each.3/ask" does not wait for approval any more.');
    keys.see({ type: 'items_waiting', items: new Map() });
    expect(footer).not.toContain('each');
  });

  it('tell why something was refused', async () => {
    see({ ask: asked() });
    await type('x', 'n', 'o', '\r');
    expect(said).toEqual(['Ship?\n\nwaits for approval by anyone (0 of 1)', 'not now']);
  });

  it('cancel only after a question, and pause by turns', async () => {
    see({ load: { status: 'running' } });
    await type('a', 'c', 'n', '\r', 'c', 'y', '\r', 'p', 'p');
    expect(calls).toEqual([
      ['cancel', { by: 'ada' }],
      ['pause', { by: 'ada', reason: null }],
      ['unpause', { by: 'ada', reason: null }],
    ]);
  });

  it('give the terminal back at Ctrl-C, which stops following as ever', async () => {
    await type('\u0003');
    expect(calls).toEqual(['interrupt']);
    expect(raw).toEqual([true, false]);
  });
});
