import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { pino } from 'pino';
import { SluiceClient } from '../src/client/index.js';
import { startEmbeddedServer } from '../src/client/temporal-server/embedded-server.js';
import type { StageCatalog } from '../src/definition/catalog.js';
import { loadDefinitionText } from '../src/definition/load.js';
import type { Plan } from '../src/engine/plan.js';
import { completeConfig } from '../src/worker/config.js';
import { startWorker } from '../src/worker/create-worker.js';
import { timed } from './stats.js';

/** Past runs that the commands are asked about. */
export const PAST_RUNS = 5_000;

export type HistoryFigures = {
  readonly runs: number;
  /** To make the runs. */
  readonly seeding_s: number;
  /** Of the whole command as a process, by its name. */
  readonly commands_s: Readonly<Record<string, number>>;
};

const CLI = fileURLToPath(new URL('../dist/client/cli/main.js', import.meta.url));
const AT_ONCE = 40;

/** Eight stages that need no activity; one run in twenty fails at a gate. */
const PAST = {
  name: 'past',
  inputs: { n: { type: 'integer', required: true } },
  stages: [
    ...Array.from({ length: 7 }, (_, index) => ({
      id: `step-${index}`,
      ...(index === 0 ? {} : { depends_on: [`step-${index - 1}`] }),
      set: { output: '${{ inputs.n }}' },
    })),
    {
      id: 'check',
      depends_on: ['step-6'],
      gate: { checks: [{ name: 'fits', assert: 'inputs.n % 20 != 7' }] },
    },
  ],
};

/** Makes real runs, then asks about all of them with the commands that people use. */
export async function measureHistory(runs: number): Promise<HistoryFigures> {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-history-'));
  const server = await startEmbeddedServer({ dir, headless: true });
  try {
    const seeding = await timed(() => seedRuns(server.address, dir, runs));
    const commands_s: Record<string, number> = {};
    for (const args of [
      ['history', '--limit', String(runs)],
      ['metrics', '--limit', String(runs)],
      ['anomalies', '--limit', String(runs)],
      ['report', '--limit', String(runs), '--html', join(dir, 'report.html')],
    ]) {
      const ms = await timed(() =>
        execa('node', [CLI, ...args, '--json', '--address', server.address], { cwd: dir }),
      );
      commands_s[args[0] ?? ''] = Number((ms / 1000).toFixed(2));
    }
    return { runs, seeding_s: Math.round(seeding / 1000), commands_s };
  } finally {
    await server.release();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Runs a pipeline that ends at once, some at a time, until there are so many past runs. */
async function seedRuns(address: string, dir: string, count: number): Promise<void> {
  const connectionSettings = { connectionOptions: { address }, namespace: 'default', configured: true };
  const config = completeConfig({}, { file: null, projectDir: dir });
  const worker = await startWorker({ connectionSettings, config, log: pino({ level: 'silent' }) });
  const client = await SluiceClient.connect({ connectionOptions: { address } });
  const plan = await planOf(PAST, config.catalog);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const n = next++;
      const run = await client.start(plan, { inputs: { n }, key: `run-${n}` });
      await run.result();
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await client.close();
    await worker.stop();
  }
}

async function planOf(definition: object, catalog: StageCatalog): Promise<Plan> {
  const text = JSON.stringify(definition);
  const { plan, problems } = await loadDefinitionText(text, { catalog, env: {}, file: 'past.json' });
  if (plan === null) throw new Error(problems.map(({ message }) => message).join('\n'));
  return plan;
}
