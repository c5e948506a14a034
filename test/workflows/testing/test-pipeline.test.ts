import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeTestServers, testPipeline } from '../../../src/testing/index.js';
import { aPlan, aStage } from '../../support/a-plan.js';

const DEFINITION = `
name: nightly
inputs: { day: { type: date, required: true } }
stages:
  - id: fetch
    retry: { max_attempts: 3, initial_delay: 10m }
    http: { url: "https://example.org/\${{ inputs.day }}" }
  - id: rest
    depends_on: [fetch]
    sleep: 6h
  - id: count
    depends_on: [rest]
    uses: count-rows
    with: { rows: "\${{ stages.fetch.output.rows }}" }
outputs: { rows: "\${{ stages.count.output }}" }
`;

let dir: string;
let file: string;

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'sluice-testing-')));
  file = join(dir, 'nightly.yaml');
  await writeFile(file, DEFINITION);
});
afterAll(async () => {
  await closeTestServers();
  await rm(dir, { recursive: true, force: true });
});

const inputs = { day: '2026-03-01' };

it('runs a pipeline with mocks for its functions and requests, and its waits take no time', async () => {
  const asked: unknown[] = [];
  const result = await testPipeline(file, {
    inputs,
    mocks: {
      fetch: (request) => {
        asked.push(request);
        return { rows: [1, 2, 3] };
      },
      'count-rows': ({ rows }: { rows: number[] }) => rows.length,
    },
  });
  expect(result).toMatchObject({ status: 'succeeded', outputs: { rows: 3 } });
  expect(result.total_duration_ms).toBeGreaterThanOrEqual(6 * 3_600_000);
  expect(asked).toEqual([expect.objectContaining({ method: 'GET', url: 'https://example.org/2026-03-01' })]);
});

it('lets a mock fail first and succeed later, as the real stage might', async () => {
  const result = await testPipeline(file, {
    inputs,
    mocks: {
      fetch: (_request, { attempt }) => {
        if (attempt < 3) throw new TypeError('not yet');
        return { rows: [] };
      },
      'count-rows': () => 0,
    },
  });
  expect(result.stages['fetch']).toMatchObject({ status: 'succeeded', attempts: 3 });
});

it('gives the result of a run that failed instead of throwing', async () => {
  const fetch = () => {
    throw new TypeError('gone for good');
  };
  const result = await testPipeline(file, { inputs, mocks: { fetch, 'count-rows': () => 0 } });
  expect(result).toMatchObject({
    status: 'failed',
    failed_stages: ['fetch'],
    skipped_stages: ['rest', 'count'],
  });
  expect(result.error).toMatchObject({ type: 'TypeError', message: 'gone for good', stage: 'fetch' });
});

it('takes a plan as well as a file', async () => {
  const set = { kind: 'set', output: 42, state: {} } as const;
  const plan = aPlan([aStage('answer', { action: set })], {
    outputs: { answer: '${{ stages.answer.output }}' },
  });
  expect((await testPipeline(plan)).outputs).toEqual({ answer: 42 });
});

it('goes on with a new server after a run whose running stage was cancelled', async () => {
  const slow = aStage('slow');
  const breaks = aStage('breaks', { retry: { ...slow.retry, max_attempts: 1 } });
  const result = await testPipeline(aPlan([slow, breaks]), {
    mocks: {
      'slow-function': (_params, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
      'breaks-function': () => {
        throw new Error('broken');
      },
    },
  });
  expect(result.stages).toMatchObject({ slow: { status: 'cancelled' }, breaks: { status: 'failed' } });
  const waits = aStage('wait', { action: { kind: 'sleep', duration: 3_600_000 } });
  expect((await testPipeline(aPlan([waits]))).status).toBe('succeeded');
});

it('says what is wrong with the definition or the inputs instead of running', async () => {
  await expect(testPipeline(file, { mocks: { 'count-rows': () => 0 } })).rejects.toThrow(
    'input "day" (date) is required and was not given',
  );
  await expect(testPipeline(file, { inputs })).rejects.toThrow('count-rows');
});

/** Registers a version and puts it into production, if there is none yet. */
const promoting = aPlan([
  aStage('live', {
    action: { kind: 'uses', uses: 'sluice/find-model', with: { model: 'm', alias: 'production' } },
  }),
  aStage('register', {
    depends_on: ['live'],
    action: { kind: 'uses', uses: 'sluice/register-model', with: { model: 'm', version: '1' } },
  }),
  aStage('promote', {
    depends_on: ['register'],
    action: {
      kind: 'uses',
      uses: 'sluice/move-model-alias',
      with: { model: 'm', alias: 'production', version: '1', expected: null, reason: 'the first' },
    },
  }),
]);

it('has models of its own for each test, which work like real ones', async () => {
  for (const _test of [1, 2]) {
    // One test after the other, as a test runner would.
    // oxlint-disable-next-line no-await-in-loop
    const { stages } = await testPipeline(promoting);
    expect(stages['live']?.output).toMatchObject({ found: false });
    expect(stages['promote']?.output).toMatchObject({ version: '1', previous: null });
  }
});

it('skips time also after a stage was cancelled that no worker had taken', async () => {
  const plan = aPlan([
    aStage('unserved', {
      action: { kind: 'uses', uses: 'count-rows', with: {} },
      task_queue: 'nobody',
    }),
    aStage('moment', { action: { kind: 'sleep', duration: 200 } }),
    aStage('broken', {
      action: { kind: 'gate', checks: [{ name: 'never', assert: 'false' }], min_pass_rate: 1 },
      depends_on: ['moment'],
    }),
    aStage('after', {
      action: { kind: 'sleep', duration: 6 * 3_600_000 },
      depends_on: ['broken'],
      run_when: 'always',
    }),
  ]);
  const result = await testPipeline(plan, { configDir: dir });
  expect(result.stages['unserved']?.status).toBe('cancelled');
  expect(result.total_duration_ms).toBeGreaterThanOrEqual(6 * 3_600_000);
});

it('lets a mock stand in for a built-in stage function', async () => {
  const result = await testPipeline(promoting, {
    mocks: {
      'sluice/register-model': () => {
        throw new TypeError('not today');
      },
    },
  });
  expect(result.failed_stages).toEqual(['register']);
});

it('runs a mock that yields as a streaming stage, and a map over it', async () => {
  const story = join(dir, 'story.yaml');
  await writeFile(
    story,
    `
name: story
stages:
  - id: tell
    uses: tell
    with: { words: 3 }
  - id: draw
    map: { over: { stream: tell }, as: word }
    uses: draw
    with: { word: "\${{ word }}" }
outputs: { told: "\${{ stages.tell.output }}", drawn: "\${{ stages.draw.output }}" }
`,
  );
  let draw: () => void = () => undefined;
  const drawn = new Promise<void>((resolve) => {
    draw = resolve;
  });
  const result = await testPipeline(story, {
    mocks: {
      async *tell({ words }: { words: number }) {
        yield 'once';
        // Goes on only after its first word was drawn.
        await drawn;
        for (let n = 1; n < words; n += 1) yield `word ${n}`;
        return words;
      },
      draw: ({ word }: { word: string }) => {
        draw();
        return word.length;
      },
    },
  });
  expect(result).toMatchObject({ status: 'succeeded', outputs: { told: 3, drawn: [4, 6, 6] } });
  expect(result.stages['tell']?.stream).toMatchObject({ chunks: 3 });
});
