import { describe, expect, it, test } from 'vitest';
import type { StageCatalog } from '../../../src/definition/catalog.js';
import { compileDefinition } from '../../../src/definition/compile.js';
import type { Json } from '../../../src/shared/json.js';

const EACH = { id: 'each', uses: 'work', with: { word: '${{ item }}' }, map: { over: { stream: 'tell' } } };
const TELL = { id: 'tell', uses: 'tell' };

function compile(
  stages: readonly Json[],
  more: Record<string, Json> = {},
  catalog: StageCatalog | null = null,
) {
  const { plan, problems } = compileDefinition({ name: 'demo', stages, ...more }, { catalog, env: {} });
  return { plan, problems: problems.map(({ code, message, suggestion }) => [code, message, suggestion]) };
}

test('a map over the stream of a stage depends on it, as an expression would imply', () => {
  const { plan, problems } = compile([EACH, TELL]);
  expect(problems).toEqual([]);
  expect(plan?.stages[0]).toMatchObject({
    depends_on: ['tell'],
    implied: ['tell'],
    map: { over: { type: 'stream', stage: 'tell' }, as: 'item' },
  });
});

test('a condition about other stages, and stages before both, are welcome', () => {
  const first = { id: 'first', set: { output: 1 } };
  const each = { ...EACH, depends_on: ['first'], condition: 'stages.first.output == 1' };
  const { plan, problems } = compile([first, { ...TELL, depends_on: 'first' }, each]);
  expect(problems).toEqual([]);
  expect(plan?.stages[2]?.depends_on).toEqual(['first', 'tell']);
});

describe('mistakes', () => {
  it.each<[string, readonly Json[], readonly [code: string, message: string, suggestion?: string]]>([
    [
      'a stage that does not exist',
      [TELL, { ...EACH, map: { over: { stream: 'tel' } } }],
      [
        'unknown-dependency',
        'goes over the stream of "tel", which does not exist. Stages here: tell.',
        'tell',
      ],
    ],
    [
      'its own stream',
      [{ ...EACH, map: { over: { stream: 'each' } } }],
      ['self-dependency', 'goes over its own stream'],
    ],
    [
      'an expression for the stage',
      [TELL, { ...EACH, map: { over: { stream: '${{ run.pipeline }}' } } }],
      ['expression-not-allowed', '`stream` cannot hold an expression, its value is used as it is'],
    ],
    [
      'waiting for the end of the stage as well',
      [TELL, { ...EACH, depends_on: ['tell'] }],
      [
        'wrong-value',
        'would wait for the end of "tell"; leave it out of `depends_on`: a map over its stream starts with it',
      ],
    ],
    [
      'reading the result of the stage as well',
      [TELL, { ...EACH, condition: 'stages.tell.status == "succeeded"' }],
      [
        'wrong-value',
        'reads the result of "tell" in an expression, which is not there yet when a map over its stream starts; let the chunks hold what the items need',
      ],
    ],
    [
      'deciding by the end of the stage whether to run',
      [TELL, { ...EACH, run_when: 'any_failed' }],
      [
        'key-not-for-kind',
        '`run_when: any_failed` does not fit `map.over.stream`: the map starts before "tell" has ended',
      ],
    ],
    [
      'a kind without a stream',
      [{ id: 'tell', run: ['echo'] }, EACH],
      [
        'key-not-for-kind',
        'cannot go over the stream of "tell": only `uses` stages give one, and it is a `run` stage',
      ],
    ],
    [
      'the streams of a map',
      [{ ...TELL, map: { over: [1] } }, EACH],
      [
        'key-not-for-kind',
        'cannot go over the stream of "tell": it is a map, and each of its items has a stream of its own',
      ],
    ],
    [
      'a stage that may be cached',
      [{ ...TELL, cache: true }, EACH],
      [
        'key-not-for-kind',
        'cannot go over the stream of "tell": it has `cache`, and a result from a cache has no chunks',
      ],
    ],
    [
      'a stage that may fall back',
      [{ ...TELL, fallback: { value: 1 } }, EACH],
      [
        'key-not-for-kind',
        'cannot go over the stream of "tell": it has `fallback`, which gives an output and no chunks',
      ],
    ],
    [
      'a local stage',
      [{ ...TELL, mode: 'local' }, EACH],
      [
        'key-not-for-kind',
        'cannot go over the stream of "tell": it has `mode: local`, and nothing else starts while it runs',
      ],
    ],
  ])('%s is an error', (_title, stages, [code, message, suggestion]) => {
    expect(compile(stages).problems[0]).toEqual([code, message, suggestion ?? null]);
  });

  it('a circle is shown', () => {
    const { problems } = compile([{ ...TELL, depends_on: ['each'] }, EACH]);
    expect(problems).toEqual([
      ['cycle', 'waits for itself in a cycle:\n  tell needs → each\n  each needs → tell', null],
    ]);
  });

  it('hooks run one after the other, so that none can follow another', () => {
    const { problems } = compile([{ id: 'first', set: { output: 1 } }], { finally: [TELL, EACH] });
    expect(problems).toEqual([
      [
        'key-not-for-kind',
        '`map.over.stream` does not fit stages of `finally`, which run one after the other',
        null,
      ],
    ]);
  });

  it('a function that is known to be no generator has no stream', () => {
    const checkParams = () => [];
    const known = (streams: boolean): StageCatalog => ({
      stages: new Map(
        ['tell', 'work'].map((name) => [name, { name, version: '1', streams, checkParams }] as const),
      ),
      pipelines: new Map(),
    });
    expect(compile([TELL, EACH], {}, known(true)).problems).toEqual([]);
    expect(compile([TELL, EACH], {}, known(false)).problems).toEqual([
      [
        'key-not-for-kind',
        'cannot go over the stream of "tell": the function "tell" is no generator (`async *run`); one that returns a generator says so with `chunk`',
        null,
      ],
    ]);
  });
});
