import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { measureHistory, PAST_RUNS } from './history.js';
import { BIG_MAPS, type BigMapFigures, measureBigMap, nameOf } from './big-maps.js';
import { cachedRunMemory, coldStart, hugeGraph, instantStageCost, planCost } from './own-costs.js';
import { type BenchRig, startRig } from './rig.js';
import { SHAPES } from './shapes.js';
import { slotHandOver } from './slot-hand-over.js';
import { type Comparison, compare } from './side-by-side.js';
import { measureStream, STREAM_MB, type StreamFigures } from './stream.js';

// `npm run bench [-- NAME …]` measures what has one of the words in its name, and all but big maps without any. Names are
// those of the shapes, "pool", "history", "stream", and "big map of 10,000" and so on.

const words = process.argv.slice(2);
const isWanted = (name: string): boolean => words.length === 0 || words.some((word) => name.includes(word));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const shapes = SHAPES.filter(({ name }) => isWanted(name));
if (shapes.length > 0 || isWanted('pool')) await measureSideBySide();
await measureBigMaps();
await measureHistories();
await measureStreams();

async function measureSideBySide(): Promise<void> {
  const rig = await startRig();
  try {
    const comparisons: Comparison[] = [];
    for (const shape of shapes) {
      say(`Measuring ${shape.name}, ${shape.rounds} rounds`);
      comparisons.push(await compare(rig, shape));
    }
    if (comparisons.length > 0) say(comparisonTable(comparisons));
    const costs = {
      ...(isWanted('pool') ? { slot_hand_over_ms: await slotHandOver(rig) } : {}),
      ...(words.length === 0 ? await ownCosts(rig) : {}),
    };
    if (Object.keys(costs).length > 0) say(costTable(costs));
    await write('results.json', { comparisons, costs });
  } finally {
    await rig.close();
  }
}

async function ownCosts(rig: BenchRig): Promise<Readonly<Record<string, unknown>>> {
  return {
    plan_10000_stages_ms: await planCost(),
    set_stage_ms: await instantStageCost(rig, 'set'),
    gate_stage_ms: await instantStageCost(rig, 'gate'),
    cached_run_kb: await cachedRunMemory(rig),
    cold_start_ms: await coldStart(),
    huge_graph: await hugeGraph(rig),
  };
}

/** They take minutes and fill the machine, so they are measured only when a word asks for big ones. */
async function measureBigMaps(): Promise<void> {
  const asked = words.filter((word) => word.startsWith('big'));
  const figures: BigMapFigures[] = [];
  for (const map of BIG_MAPS.filter((each) => asked.some((word) => `big ${nameOf(each)}`.includes(word)))) {
    say(`Measuring a ${nameOf(map)}`);
    figures.push(await measureBigMap(map));
    // As it now stands: the next one may take long.
    say(bigMapTable(figures));
    await write('big-maps.json', { big_maps: figures });
  }
}

/** Measured only when it is asked for, since the runs must be made first. */
async function measureHistories(): Promise<void> {
  if (!words.includes('history')) return;
  say(`Making ${PAST_RUNS} runs, to ask about them`);
  const figures = await measureHistory(PAST_RUNS);
  for (const [command, seconds] of Object.entries(figures.commands_s)) say(`sluice ${command}: ${seconds} s`);
  await write('history.json', { history: figures });
}

/** Measured only when it is asked for, because it starts processes of its own. */
async function measureStreams(): Promise<void> {
  if (!words.includes('stream')) return;
  say(`Measuring a stream of ${STREAM_MB} MB, whose readers are killed on the way`);
  const figures = await measureStream();
  say(streamTable(figures));
  await write('stream.json', { stream: figures });
}

function streamTable(figures: StreamFigures): string {
  const { chunks, megabytes, seconds, kills, worker_idle_mb, worker_peak_mb, reader_peak_mb } = figures;
  const table = new Table({
    head: ['chunks', 'MB', 'seconds', 'MB/s', 'kills', 'worker idle MB', 'worker MB', 'reader MB'],
    style: { head: [], border: [] },
  });
  const whole = (mb: number | null): string => (mb === null ? '' : mb.toFixed(0));
  const memory = [worker_idle_mb, worker_peak_mb, reader_peak_mb].map(whole);
  table.push([chunks, megabytes, seconds.toFixed(1), (megabytes / seconds).toFixed(1), kills, ...memory]);
  return table.toString();
}

async function write(name: string, figures: object): Promise<void> {
  const file = new URL(`out/${name}`, import.meta.url);
  await mkdir(new URL('.', file), { recursive: true });
  const machine = { node: process.version, processors: cpus().length, model: cpus()[0]?.model };
  await writeFile(file, `${JSON.stringify({ machine, ...figures }, null, 2)}\n`);
  say(`Written to ${fileURLToPath(file)}`);
}

function bigMapTable(rows: readonly BigMapFigures[]): string {
  const table = new Table({
    head: ['', 'seconds', 'items/s', 'server', 'worker', 'worker MB', 'client MB', 'longest', 'histories'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    table.push([
      row.name,
      row.seconds.toFixed(1),
      row.items_per_second.toFixed(0),
      row.server_ms_an_item?.toFixed(2) ?? '',
      row.worker_ms_an_item?.toFixed(2) ?? '',
      row.worker_peak_mb?.toFixed(0) ?? '',
      row.client_peak_mb?.toFixed(0) ?? '',
      row.largest_history,
      row.histories,
    ]);
  }
  return table.toString();
}

function comparisonTable(rows: readonly Comparison[]): string {
  const table = new Table({
    head: ['ms a stage', 'by hand', 'with storage', 'Sluice', 'ratio', 'least', 'most', 'ratio, storage'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    table.push([
      row.shape,
      row.raw_ms_a_stage.toFixed(2),
      row.raw_with_storage_ms_a_stage?.toFixed(2) ?? '',
      row.sluice_ms_a_stage.toFixed(2),
      row.ratio.toFixed(3),
      row.ratio_min.toFixed(3),
      row.ratio_max.toFixed(3),
      row.ratio_with_storage?.toFixed(3) ?? '',
    ]);
  }
  return table.toString();
}

function costTable(costs: Readonly<Record<string, unknown>>): string {
  const table = new Table({ head: ['what', 'value'], style: { head: [], border: [] } });
  for (const [name, value] of Object.entries(costs)) {
    table.push([name, typeof value === 'number' ? value.toFixed(3) : JSON.stringify(value)]);
  }
  return table.toString();
}
