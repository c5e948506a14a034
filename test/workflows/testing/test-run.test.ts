import { afterAll, describe, expect, test } from 'vitest';
import { cel, definePipeline, defineStage, z } from '../../../src/index.js';
import { attempts, closeTestServers, items, testPipeline } from '../../../src/testing/index.js';

afterAll(closeTestServers);

const fetchRows = { name: 'fetch', params: z.object({}), output: z.array(z.string()) };
const ship = { name: 'ship', params: z.object({ rows: z.int() }), output: z.string() };

/** Rests for six hours, then asks people, who have two hours. */
const release = definePipeline(
  { name: 'release', inputs: { limit: z.int().default(5) } },
  ({ stage, inputs }) => {
    const fetch = stage.uses('fetch', fetchRows, { retry: { max_attempts: 3, initial_delay: '10m' } });
    const rest = stage.sleep('rest', '6h', { depends_on: fetch });
    const ask = stage.approval(
      'ask',
      {
        message: 'Ship?',
        approvers: ['anna', 'bo'],
        timeout: '2h',
        fields: { note: z.string().default('-') },
      },
      { depends_on: rest, condition: cel.le(cel.size(fetch.output), inputs.limit) },
    );
    const shipped = stage.uses('ship', ship, { with: { rows: cel.size(fetch.output) }, depends_on: ask });
    return { shipped: shipped.output, note: ask.output.note };
  },
);

const mocks = { fetch: () => ['a', 'b'], ship: () => 'shipped' };

describe('a test that steers its run', () => {
  test('comes to a stage that waits, and nothing has timed out by then', async () => {
    const times: string[] = [];
    const result = await testPipeline(release, {
      mocks: { ...mocks, fetch: attempts(new TypeError('not yet'), new TypeError('still not'), ['a', 'b']) },
      during: async (run) => {
        const { started_at } = await run.until('ask', 'awaiting_approval');
        times.push(started_at, (await run.now()).toISOString());
        await run.advance('1h59m');
        expect((await run.status()).stages['ask']?.status).toBe('awaiting_approval');
        await expect(run.approve({ stage: 'ask', as: 'eve' })).rejects.toThrow('not among the approvers');
        await run.approve({ stage: 'ask', as: 'anna', fields: { note: 'fine' } });
      },
    });
    const [started = '', asked = ''] = times;
    const hours = (Date.parse(asked) - Date.parse(started)) / 3_600_000;
    // Two retries, after 10 and 20 minutes at most of which a minute is the longest, and six hours.
    expect(hours).toBeGreaterThan(6);
    expect(hours).toBeLessThan(6.6);
    expect(result).toMatchObject({ status: 'succeeded', outputs: { shipped: 'shipped', note: 'fine' } });
    expect(result.stages['fetch']?.attempts).toBe(3);
    expect(result.stages['ask']?.approval?.decisions).toMatchObject([{ by: 'anna', decision: 'approve' }]);
    expect(result.waves).toEqual([['fetch'], ['rest'], ['ask'], ['ship']]);
  });

  test('lets a wait run out, or decides by a signal', async () => {
    const late = await testPipeline(release, {
      mocks,
      during: async (run) => {
        await run.until('ask', 'awaiting_approval');
        await run.advance('2h1m');
      },
    });
    expect(late.stages['ask']).toMatchObject({ status: 'timed_out', error: { type: 'Rejected' } });
    const rejected = await testPipeline(release, {
      mocks,
      during: async (run) => {
        await run.until('ask', 'awaiting_approval');
        await run.signal('reject', { stage: 'ask', as: 'bo', comment: 'too soon' });
      },
    });
    expect(rejected.stages['ask']).toMatchObject({
      status: 'failed',
      error: { message: 'rejected by bo: too soon' },
    });
    expect(rejected.waves).toEqual([['fetch'], ['rest'], ['ask']]);
  });

  test('decides about a held stage, and cancels', async () => {
    const held = definePipeline({ name: 'held' }, ({ stage }) => {
      stage.uses('ship', ship, { with: { rows: 1 }, retry: { max_attempts: 1 }, hold_on_failure: true });
      stage.sleep('later', '1d', { run_when: 'always' });
    });
    const broken = {
      ship: () => {
        throw new Error('broken');
      },
    };
    const skipped = await testPipeline(held, {
      mocks: broken,
      during: async (run) => {
        await run.until('ship', 'held');
        await run.steering.skipStage({ stage: 'ship', by: 'anna', reason: 'not needed', output: 'none' });
      },
    });
    expect(skipped.stages['ship']).toMatchObject({ status: 'skipped', output: 'none' });
    const cancelled = await testPipeline(held, {
      mocks: broken,
      during: async (run) => {
        await run.until('ship', 'held');
        await run.cancel({ by: 'bo', reason: 'enough' });
      },
    });
    expect(cancelled.status).toBe('cancelled');
  });

  test('says that a stage never came to what was waited for, and leaves the next test alone', async () => {
    const missed = testPipeline(release, {
      mocks,
      inputs: { limit: 1 },
      during: async (run) => {
        await expect(run.until('aks', 'held')).rejects.toThrow('The run has no stage "aks".');
        await expect(run.advance('soon')).rejects.toThrow('"soon" is not a duration.');
        await run.until('ask', 'awaiting_approval');
      },
    });
    await expect(missed).rejects.toThrow('Stage "ask" never came to be awaiting_approval: it is skipped');
    expect((await testPipeline(release, { mocks, inputs: { limit: 1 } })).skipped_stages).toEqual(['ask']);
  });
});

test('mocks of a map go another way for each item and attempt', async () => {
  const score = defineStage({
    name: 'score',
    params: z.object({ n: z.int() }),
    output: z.int(),
    run: () => 0,
  });
  const scores = definePipeline({ name: 'scores' }, ({ stage }) => {
    const each = stage.each({ range: 4 }, { on_item_failure: 'continue' });
    const scored = each.uses('score', score, { with: { n: each.item }, retry: { max_attempts: 2 } });
    return { scores: scored.output };
  });
  const result = await testPipeline(scores, {
    mocks: {
      score: items(
        10,
        attempts(new Error('once'), 11),
        () => {
          throw new TypeError('always');
        },
        ({ n }: { n: number }) => n * 100,
      ),
    },
  });
  expect(result.outputs).toEqual({ scores: [10, 11, null, 300] });
  expect(result.stages['score']?.items?.failed_items).toMatchObject([
    { index: 2, error: { type: 'TypeError' } },
  ]);
});
