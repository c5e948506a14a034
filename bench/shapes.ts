/** The graphs that are measured, as definitions for Sluice and as arguments for the workflows written by hand. */
export type Shape = {
  readonly name: string;
  readonly stages: number;
  readonly rounds: number;
  /** False to leave out the worker by hand that keeps large payloads in external storage. */
  readonly withStorage?: boolean;
  readonly raw: { readonly workflow: string; readonly args: readonly unknown[] };
  readonly definition: object;
};

type StageOptions = Readonly<Record<string, unknown>>;

/** Most items of a map that run at once, the same for both. */
const WINDOW = 200;

export const SHAPES: readonly Shape[] = [
  chain('chain of 50', 50, 21),
  waves('ten waves of ten', 10, 10, 31),
  parallel('100 at once', 100, 31),
  parallel('1,000 at once', 1_000, 9),
  graph('300-stage graph', 300, 11),
  localChain('chain of 50, local', 50, 15),
  map('map of 100', 100, 9),
  map('map of 1,000', 1_000, 5),
  { ...map('map of 10,000', 10_000, 2), withStorage: false },
];

/** `count` stages of a kind that needs no activity, in a chain. */
export function instantChain(kind: 'set' | 'gate', count: number): object {
  const action =
    kind === 'set'
      ? { set: { output: { n: '${{ inputs.n + 1 }}' } } }
      : { gate: { checks: [{ name: 'positive', assert: 'inputs.n >= 0' }] } };
  const stages = Array.from({ length: count }, (_, at) => ({
    id: `s${at}`,
    ...(at === 0 ? {} : { depends_on: [`s${at - 1}`] }),
    ...action,
  }));
  return { name: `bench-${kind}`, version: '1.0.0', inputs: { n: { type: 'integer', default: 1 } }, stages };
}

/** A random graph of `count` stages with about `edges` edges, the same one each time. */
export function randomGraph(count: number, edges: number, seed = 7): readonly (readonly number[])[] {
  const random = generator(seed);
  const perNode = edges / Math.max(1, count - 1);
  return Array.from({ length: count }, (_, at) => {
    const wanted = Math.min(at, Math.floor(perNode) + (random() < perNode % 1 ? 1 : 0));
    const needs = new Set<number>();
    while (needs.size < wanted) needs.add(Math.floor(random() * at));
    return [...needs];
  });
}

export function graphDefinition(name: string, needs: ReadonlyArray<readonly number[]>): object {
  return definition(
    name,
    needs.map((before) => before.map((need) => `s${need}`)),
  );
}

function chain(name: string, length: number, rounds: number): Shape {
  return {
    name,
    stages: length,
    rounds,
    raw: { workflow: 'rawChain', args: [length] },
    definition: definition('bench-chain', chainNeeds(length)),
  };
}

function localChain(name: string, length: number, rounds: number): Shape {
  return {
    name,
    stages: length,
    rounds,
    raw: { workflow: 'rawLocalChain', args: [length] },
    definition: definition('bench-local', chainNeeds(length), { mode: 'local' }),
  };
}

function waves(name: string, count: number, width: number, rounds: number): Shape {
  const needs = Array.from({ length: count * width }, (_, at) => {
    const wave = Math.floor(at / width);
    return wave === 0 ? [] : Array.from({ length: width }, (__, other) => `s${(wave - 1) * width + other}`);
  });
  return {
    name,
    stages: count * width,
    rounds,
    raw: { workflow: 'rawWaves', args: [count, width] },
    definition: definition('bench-waves', needs),
  };
}

function parallel(name: string, width: number, rounds: number): Shape {
  return {
    name,
    stages: width,
    rounds,
    raw: { workflow: 'rawParallel', args: [width] },
    definition: definition(
      'bench-parallel',
      Array.from({ length: width }, () => []),
    ),
  };
}

/** One activity an item. Up to 1,000 items fit into one workflow by hand; more go to children with histories of their own. */
function map(name: string, count: number, rounds: number): Shape {
  const raw =
    count > 1_000
      ? { workflow: 'rawShardedMap', args: [count, 1, WINDOW, 4] }
      : { workflow: 'rawMap', args: [count, WINDOW] };
  const fanOut = { over: { range: count }, max_concurrency: WINDOW, collect: 'count' };
  const stages = [{ id: 'each', uses: 'noop', with: { index: '${{ index }}' }, map: fanOut }];
  return { name, stages: count, rounds, raw, definition: { name: 'bench-map', version: '1.0.0', stages } };
}

function graph(name: string, count: number, rounds: number): Shape {
  const needs = randomGraph(count, count * 2);
  return {
    name,
    stages: count,
    rounds,
    raw: { workflow: 'rawGraph', args: [needs] },
    definition: graphDefinition('bench-graph', needs),
  };
}

function chainNeeds(length: number): readonly (readonly string[])[] {
  return Array.from({ length }, (_, at) => (at === 0 ? [] : [`s${at - 1}`]));
}

function definition(
  name: string,
  needs: ReadonlyArray<readonly string[]>,
  options: StageOptions = {},
): object {
  return {
    name,
    version: '1.0.0',
    stages: needs.map((depends_on, index) => ({
      id: `s${index}`,
      uses: 'noop',
      with: { index },
      ...(depends_on.length === 0 ? {} : { depends_on }),
      ...options,
    })),
  };
}

/** A linear congruential generator with the constants of ISO C's sample `rand`: the same numbers on every machine. */
function generator(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    state = (state * 1_103_515_245n + 12_345n) % 2_147_483_648n;
    return Number(state) / 2_147_483_648;
  };
}
