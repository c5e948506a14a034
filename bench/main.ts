import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { BIG_MAPS, type BigMapFigures, measureBigMap, nameOf } from './big-maps.js';
import { cachedRunMemory, coldStart, hugeGraph, instantStageCost, planCost } from './own-costs.js';
import { startRig } from './rig.js';
import { SHAPES } from './shapes.js';
import { type Comparison, compare } from './side-by-side.js';

// `npm run bench [-- NAME …]` measures the shapes whose names hold one of the words, and the rest without any.

const words = process.argv.slice(2);
const areMeasured = (name: string): boolean => words.some((word) => name.includes(word));
const isBig = (word: string): boolean => word.startsWith('big');
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const rig = await startRig();
try {
  const comparisons: Comparison[] = [];
  for (const shape of SHAPES.filter(({ name }) => words.length === 0 || areMeasured(name))) {
    say(`Measuring ${shape.name}, ${shape.rounds} rounds`);
    comparisons.push(await compare(rig, shape));
  }
  if (comparisons.length > 0) say(comparisonTable(comparisons));
  if (words.length === 0) {
    const costs = {
      plan_10000_stages_ms: await planCost(),
      set_stage_ms: await instantStageCost(rig, 'set'),
      gate_stage_ms: await instantStageCost(rig, 'gate'),
      cached_run_kb: await cachedRunMemory(rig),
      cold_start_ms: await coldStart(),
      huge_graph: await hugeGraph(rig),
    };
    say(costTable(costs));
    await write('results.json', { comparisons, costs });
  }
} finally {
  await rig.close();
}

// These take long and fill the machine, so they are measured only when asked for: `npm run bench -- "big map"`.
const bigMaps: BigMapFigures[] = [];
for (const map of BIG_MAPS.filter((each) =>
  words.some((word) => isBig(word) && `big ${nameOf(each)}`.includes(word)),
)) {
  say(`Measuring a ${nameOf(map)}`);
  bigMaps.push(await measureBigMap(map));
}
if (bigMaps.length > 0) {
  say(bigMapTable(bigMaps));
  await write('big-maps.json', { bigMaps });
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
      row.raw_with_storage_ms_a_stage.toFixed(2),
      row.sluice_ms_a_stage.toFixed(2),
      row.ratio.toFixed(3),
      row.ratio_min.toFixed(3),
      row.ratio_max.toFixed(3),
      row.ratio_with_storage.toFixed(3),
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
