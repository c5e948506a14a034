import { describe, expect, it, test } from 'vitest';
import { compileDefinition } from '../../../src/definition/compile.js';
import type { Json } from '../../../src/shared/json.js';

const ONE = 'name: demo, one stage';

function compile(stage: Record<string, Json>) {
  const { plan, problems } = compileDefinition(
    { name: 'demo', inputs: { files: { type: 'list' } }, stages: [{ id: 'a', ...stage }] },
    { catalog: null, env: {} },
  );
  return {
    map: plan?.stages[0]?.map ?? null,
    problems: problems.map(({ code, message }) => `${code}: ${message}`),
  };
}

const FUNCTION = { uses: 'work', with: { file: '${{ item }}' } };

describe(`a map in the plan (${ONE})`, () => {
  test('has its defaults filled in', () => {
    expect(compile({ ...FUNCTION, map: { over: '${{ inputs.files }}' } })).toEqual({
      map: {
        over: { type: 'list', list: '${{ inputs.files }}' },
        as: 'item',
        batch_size: 1,
        whole_batch: false,
        max_concurrency: null,
        on_item_failure: { max_failures: 0, max_failure_ratio: null },
        collect: 'list',
      },
      problems: [],
    });
  });

  test('knows ranges, pages, names, limits of failures and batches', () => {
    expect(
      compile({ ...FUNCTION, map: { over: { range: 3 }, on_item_failure: 'continue' } }).map,
    ).toMatchObject({
      over: { type: 'range', range: 3 },
      on_item_failure: { max_failures: null, max_failure_ratio: null },
    });
    const map = {
      over: { uses: 'list-files', with: { folder: '${{ run.id }}' } },
      as: 'row',
      batch_size: 5,
      on_item_failure: { max_failures: 3, max_failure_ratio: 0.5 },
      collect: 'file',
    };
    const stage = { uses: 'work', with: { rows: '${{ batch }}', first: '${{ index }}' } };
    expect(compile({ ...stage, map })).toMatchObject({
      map: { ...map, over: { type: 'pages' }, whole_batch: true },
      problems: [],
    });
    expect(compile({ uses: 'work', with: { at: '${{ row.id }}' }, map }).map).toMatchObject({
      whole_batch: false,
    });
  });
});

describe('mistakes in a map', () => {
  const bad = (stage: Record<string, Json>): readonly string[] => compile(stage).problems;

  it.each<[string, Record<string, Json>, string]>([
    [
      'a typo in the name of the item',
      { uses: 'work', with: { x: '${{ itm.id }}' }, map: { over: [1] } },
      'unknown-name: in `itm.id`: `itm` is not a known name. Names here: inputs, variables, stages, state, metrics, run, item, index, batch',
    ],
    [
      'an item outside of a map',
      { uses: 'work', with: { x: '${{ item }}' } },
      'unknown-name: uses `item`, which exists only inside a map',
    ],
    [
      'an item in the condition',
      { ...FUNCTION, condition: 'item > 1', map: { over: [1] } },
      'unknown-name: uses `item`, which exists only inside a map',
    ],
    [
      'the usual name where there is another',
      { uses: 'work', with: { x: '${{ item }}' }, map: { over: [1], as: 'row' } },
      'unknown-name: uses `item`, which is not a known name. Names here: inputs, variables, stages, state, metrics, run, row, index, batch',
    ],
    [
      'a cache key that is the same for all items',
      { ...FUNCTION, cache: { key: '${{ inputs.files }} ${{ run.pipeline }}' }, map: { over: [1] } },
      'wrong-value: `cache.key` is the same for all items, so that they would share one result. Let it read `item` or `index`, such as `${{ item }}`, or leave it out: then it is what the item is given',
    ],
    [
      'a text to go over',
      { ...FUNCTION, map: { over: 'files' } },
      'wrong-type: `map.over` must be a list or an expression that gives one, such as `${{ inputs.files }}`',
    ],
    [
      'a name that means something else',
      { uses: 'work', map: { over: [1], as: 'run' } },
      'wrong-value: `map.as` cannot be `run`, which means something else in expressions',
    ],
    [
      'batches of a kind without work to travel',
      { gate: { checks: [{ name: 'x', assert: 'item > 1' }] }, map: { over: [1], batch_size: 2 } },
      'key-not-for-kind: `map.batch_size` does not fit `gate` stages; it goes with: uses, run, http, pipeline, set',
    ],
    [
      'a name that expressions cannot use',
      { uses: 'work', map: { over: [1], as: 'in' } },
      'wrong-value: `map.as` cannot be `in`, which means something else in expressions',
    ],
    [
      'a local stage',
      { ...FUNCTION, mode: 'local', map: { over: [1] } },
      'key-not-for-kind: `map` does not fit `mode: local`',
    ],
    [
      'a policy that does not exist',
      { ...FUNCTION, map: { over: [1], on_item_failure: 'ignore' } },
      'wrong-type: `map.on_item_failure` must be fail, continue, or an object of limits, got `ignore` (string)',
    ],
    [
      'no source',
      { ...FUNCTION, map: {} },
      'missing-key: `map.over` is missing, it must be a list, an expression that gives one, `{ range: n }`, `{ uses: … }` for pages, or `{ stream: … }` for the chunks of a stage',
    ],
  ])('%s is an error', (_title, stage, problem) => {
    expect(bad(stage)).toEqual([problem]);
  });
});
