import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cel, definePipeline, type Pipeline, z } from '../../../../src/index.js';
import { loadDefinitionText, loadDefinitionValue } from '../../../../src/definition/load.js';

const options = { catalog: null, env: {} };

async function expectSame(pipeline: Pipeline, text: string): Promise<void> {
  const written = await loadDefinitionText(text, { ...options, file: 'p.yaml' });
  const built = await loadDefinitionValue(pipeline, { ...options, file: 'p.ts' });
  expect([...written.problems, ...built.problems]).toEqual([]);
  expect(built.plan).toEqual(written.plan);
}

const noFunction = (name: string) => ({ name, params: z.record(z.string(), z.unknown()), output: z.any() });

describe('the builder makes the plan that the YAML makes', () => {
  it('of every kind of stage and every setting of a pipeline', async () => {
    const pipeline = definePipeline(
      {
        name: 'mapper-training',
        version: '1.2.0',
        description: 'Trains, checks and ships the mapper',
        author: 'Anna',
        labels: { team: 'safety', tier: 1, gold: true },
        tags: ['ml', 'nightly'],
        inputs: {
          dataset: z
            .string()
            .regex(/\.csv$/)
            .describe('CSV of labelled detections'),
          epochs: z.int().min(1).max(100).default(3),
          day: z.iso.date().default('2026-01-31'),
          kind: z.enum(['a', 'b']).default('a'),
        },
        variables: { out_dir: '${OUT_DIR:-./out}', train: true },
        secrets: ['OPENAI_API_KEY'],
        scheduling: 'dataflow',
        failure: 'fail_fast',
        max_parallel_stages: 8,
        timeout: '2h',
        defaults: {
          timeout: '10m',
          retry: {
            max_attempts: 3,
            initial_delay: '1s',
            backoff: 2,
            max_delay: '1m',
            retryable_errors: [],
            non_retryable_errors: ['ValidationError'],
          },
        },
        requires: [{ pipeline: 'market-data', max_age: '26h' }],
        concurrency: { group: 'mapper', on_conflict: 'reject' },
        modes: { daily: { stages: ['prepare'], variables: { window: 1 } }, all: {} },
      },
      ({ stage, inputs, variables, secrets, run, call, on_success, on_failure, finally: atEnd }) => {
        const prepare = stage.uses('prepare', noFunction('prepare-data'), {
          name: 'Prepare data',
          with: { path: inputs.dataset, key: secrets.OPENAI_API_KEY },
        });
        const train = stage.uses<{ id: string }>('train', 'train-model', {
          with: { rows: prepare.output.rows, epochs: inputs.epochs },
          enabled: true,
          condition: cel.and(cel.eq(variables.train, true), cel.gt(prepare.output.rows, 100)),
          run_when: 'all_succeeded',
          continue_on_error: false,
          timeout: '1h',
          total_timeout: 'PT4H',
          queue_timeout: '10m',
          heartbeat_timeout: '1m',
          retry: { max_attempts: 5 },
          task_queue: 'gpu',
          priority: 1,
          isolation: 'thread',
          artifacts: ['model.json'],
          cache: { key: cel`hash(${inputs.dataset})`, max_age: '24h' },
        });
        stage.run('cmd', ['echo', train.output.id], { env: { A: 1 }, depends_on: prepare });
        stage.run('shell', 'echo ${HOME}', { timeout: 90 });
        const ask = stage.http('call', {
          url: cel.text`https://example.org/${inputs.dataset}`,
          method: 'POST',
          headers: { Authorization: cel.text`Bearer ${secrets.OPENAI_API_KEY}` },
          query: { page: 1 },
          body: { day: inputs.day },
          expected_status: [200, 201],
          response: 'json',
        });
        stage.gate('quality', {
          checks: [
            { name: 'rows', assert: cel.gt(prepare.output.rows, 1) },
            { name: 'shipped', assert: cel<boolean>`stages["call"].status == "succeeded"` },
          ],
          min_pass_rate: 0.5,
        });
        expect(String(ask.status)).toBe('${{ stages.call.status }}');
        stage.set('keep', { output: { sum: cel.add(1, 1) }, state: { seen: true } });
        stage.sleep('pause', '1h30m');
        stage.until('morning', '2030-01-01T00:00:00Z');
        stage.wait_for('file', { file: cel.text`/tmp/${run.id}`, every: '5s', timeout: '1h' });
        stage.wait_for('other', { pipeline: 'market-data', max_age: '1h' });
        stage.wait_for('ready', call(noFunction('is-ready'), { x: 1 }));
        on_success.set('cheer', { output: 'done' });
        on_failure.run('mourn', ['echo', run.status]);
        const notify = atEnd.run('notify', ['echo', run.status, train.status]);
        atEnd.set('tidy', { output: notify.output });
        return { model: train.output.id };
      },
    );
    await expectSame(pipeline, readFileSync('test/unit/definition/full.yaml', 'utf8'));
  });

  it('of maps, approvals, recovery, pools, alerts and schedules', async () => {
    const pipeline = definePipeline(
      {
        name: 'rest',
        inputs: { urls: z.array(z.string()).min(1).max(9), who: z.string().default('bo') },
        pools: { gpu: { slots: 2 }, api: { rate: { limit: 5, per: '1s' } } },
        priority: 2,
        fairness: { key: '${{ inputs.who }}', weight: 2 },
        freshness: { max_age: '1d' },
        provides: ['models'],
        deadline: { after: '3h', warn_before: '10m' },
        alerts: [{ name: 'slow', when: 'duration_minutes > 120', channels: ['ops'] }],
        schedules: [{ id: 'nightly', cron: '0 19 * * 1-5', timezone: 'UTC', inputs: { urls: ['a'] } }],
      },
      ({ stage, inputs, state, metrics, call, pages }) => {
        const urls = stage.each(inputs.urls, { max_concurrency: 4, on_item_failure: { max_failures: 2 } });
        const page = urls.http<string>('page', { url: urls.item }, { pool: { name: 'api', key: urls.item } });
        const numbers = stage.each({ range: cel.size(inputs.urls) }, { as: 'number', collect: 'count' });
        numbers.set('n', { output: cel.mul(numbers.item, numbers.index) });
        const files = stage.each(pages(noPages, { path: '/data' }), { collect: 'file' });
        files.run('read', ['cat', files.item], { pool: ['gpu'] });
        const told = stage.each({ stream: stage.uses('tell', noFunction('tell')) }, { as: 'word' });
        told.run('say', ['echo', told.item]);
        const batches = stage.batches([1, 2, 3], { batch_size: 2 });
        batches.uses('many', noFunction('many'), { with: { list: batches.batch, from: batches.index } });
        const ok = stage.approval(
          'ok',
          {
            message: cel.text`Ship ${cel.size(page.output)} pages?`,
            approvers: ['anna', inputs.who],
            required: 2,
            timeout: '1d',
            on_timeout: 'reject',
            evidence: { pages: page.output },
            fields: { budget: z.int().min(1) },
          },
          { depends_on: [page] },
        );
        stage.uses('ship', noFunction('ship'), {
          with: { budget: ok.output.budget, seen: state('seen'), rows: metrics('rows') },
          fallback: call(noFunction('ship-old'), { a: inputs.who }),
          undo: (shipped) => call(noFunction('unship'), { id: shipped.output.id }),
          hold_on_failure: { timeout: '2h', on_timeout: 'skip' },
          deadline: '1h',
          cache: true,
        });
        stage.run('value', ['a'], { fallback: { value: [inputs.who] }, undo: { run: ['b'], env: { C: 1 } } });
        stage.run('last', ['a'], { fallback: { last_success: { max_age: '72h' } }, condition: 'true' });
      },
    );
    await expectSame(pipeline, REST);
  });

  it('of a canary', async () => {
    const rate = noFunction('rate');
    const version = cel<string>`version`;
    const pipeline = definePipeline(
      { name: 'canary', inputs: { share: z.int() }, secrets: ['TOKEN'] },
      ({ stage, inputs, secrets, call }) => {
        const live = stage.set('live', { output: { version: 'v1' } });
        const ship = stage.canary(
          'ship',
          {
            baseline: live.output.version,
            candidate: 'v2',
            target: {
              http: { url: 'http://router/weights', headers: { token: cel.text`${secrets.TOKEN}` } },
            },
            steps: [5, { weight: inputs.share, soak: '1h' }],
            interval: '1m',
            kpis: [
              { name: 'errors', ...call(rate, { v: version }), max: 0.01, baseline: { max_ratio: 1.2 } },
              { name: 'p95', http: { url: cel.text`http://kpi/${version}`, value: 'body.p95' }, max: 250 },
            ],
          },
          { hold_on_failure: true },
        );
        return { notes: ship.output.notes };
      },
    );
    await expectSame(
      pipeline,
      `
name: canary
inputs: { share: { type: integer, required: true } }
secrets: [TOKEN]
stages:
  - { id: live, set: { output: { version: v1 } } }
  - id: ship
    hold_on_failure: true
    canary:
      baseline: '\${{ stages.live.output.version }}'
      candidate: v2
      target: { http: { url: http://router/weights, headers: { token: '\${{ secrets.TOKEN }}' } } }
      steps: [5, { weight: '\${{ inputs.share }}', soak: 1h }]
      interval: 1m
      kpis:
        - { name: errors, uses: rate, with: { v: '\${{ version }}' }, max: 0.01, baseline: { max_ratio: 1.2 } }
        - { name: p95, http: { url: 'http://kpi/\${{ version }}', value: body.p95 }, max: 250 }
outputs: { notes: '\${{ stages.ship.output.notes }}' }
`,
    );
  });

  it('of pipelines that run each other, as if each had a file', async () => {
    const inner = definePipeline({ name: 'inner', inputs: { n: z.number() } }, ({ stage, inputs }) => {
      return { twice: stage.set('twice', { output: cel.mul(inputs.n, 2) }).output };
    });
    const outer = definePipeline({ name: 'outer' }, ({ stage }) => {
      const once = stage.pipeline('once', inner, { with: { n: 1 } });
      const each = stage.each({ range: 3 });
      each.pipeline('each', inner, { with: { n: cel.add(each.item, once.output.twice) } });
    });
    const { plan, problems } = await loadDefinitionValue(outer, { ...options, file: 'a/outer.ts' });
    expect(problems).toEqual([]);
    expect(Object.keys(plan?.pipelines ?? {})).toEqual(['inner.yaml']);
    expect(plan?.stages[1]?.action).toEqual({
      kind: 'pipeline',
      pipeline: 'inner.yaml',
      with: { n: '${{ item + stages.once.output.twice }}' },
    });
  });
});

const noPages = {
  name: 'files',
  params: z.object({ path: z.string(), cursor: z.string().nullable() }),
  output: z.object({ items: z.array(z.string()), next: z.string().nullable() }),
};

const REST = `
name: rest
inputs:
  urls: { type: list, required: true, min_items: 1, max_items: 9 }
  who: { type: string, default: bo }
pools: { gpu: { slots: 2 }, api: { rate: { limit: 5, per: 1s } } }
priority: 2
fairness: { key: '\${{ inputs.who }}', weight: 2 }
freshness: { max_age: 1d }
provides: [models]
deadline: { after: 3h, warn_before: 10m }
alerts: [{ name: slow, when: duration_minutes > 120, channels: [ops] }]
schedules: [{ id: nightly, cron: 0 19 * * 1-5, timezone: UTC, inputs: { urls: [a] } }]
stages:
  - id: page
    map: { over: '\${{ inputs.urls }}', max_concurrency: 4, on_item_failure: { max_failures: 2 } }
    http: { url: '\${{ item }}' }
    pool: { name: api, key: '\${{ item }}' }
  - id: n
    map: { over: { range: '\${{ size(inputs.urls) }}' }, as: number, collect: count }
    set: { output: '\${{ number * index }}' }
  - id: read
    map: { over: { uses: files, with: { path: /data } }, collect: file }
    run: [cat, '\${{ item }}']
    pool: [gpu]
  - id: tell
    uses: tell
  - id: say
    map: { over: { stream: tell }, as: word }
    run: [echo, '\${{ word }}']
  - id: many
    map: { over: [1, 2, 3], batch_size: 2 }
    uses: many
    with: { list: '\${{ batch }}', from: '\${{ index }}' }
  - id: ok
    depends_on: [page]
    approval:
      message: Ship \${{ size(stages.page.output) }} pages?
      approvers: [anna, '\${{ inputs.who }}']
      required: 2
      timeout: 1d
      on_timeout: reject
      evidence: { pages: '\${{ stages.page.output }}' }
      fields: { budget: { type: integer, required: true, minimum: 1 } }
  - id: ship
    uses: ship
    with: { budget: '\${{ stages.ok.output.budget }}', seen: '\${{ state.seen }}', rows: '\${{ metrics.rows }}' }
    fallback: { uses: ship-old, with: { a: '\${{ inputs.who }}' } }
    undo: { uses: unship, with: { id: '\${{ stages.ship.output.id }}' } }
    hold_on_failure: { timeout: 2h, on_timeout: skip }
    deadline: 1h
    cache: true
  - { id: value, run: [a], fallback: { value: ['\${{ inputs.who }}'] }, undo: { run: [b], env: { C: 1 } } }
  - { id: last, run: [a], fallback: { last_success: { max_age: 72h } }, condition: 'true' }
`;
