import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { loadDefinitionText } from '../src/definition/load.js';
import type { RunResult } from '../src/engine/result.js';
import { type BenchRig, RAW_QUEUE } from './rig.js';
import { graphDefinition, instantChain, randomGraph } from './shapes.js';
import { runSluice } from './side-by-side.js';
import { median, timed } from './stats.js';

/** Milliseconds from the text of a definition of 10,000 stages and 30,000 edges to its plan. */
export async function planCost(): Promise<number> {
  const text = JSON.stringify(graphDefinition('bench-plan', randomGraph(10_000, 30_000)));
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    times.push(
      await timed(async () => {
        const { plan, problems } = await loadDefinitionText(text, {
          catalog: null,
          env: {},
          file: 'bench.json',
        });
        if (plan === null) throw new Error(problems[0]?.message);
      }),
    );
  }
  return median(times);
}

/** Milliseconds that one `set` or `gate` stage adds to a run: the slope between 100 and 1,100 of them. */
export async function instantStageCost(rig: BenchRig, kind: 'set' | 'gate'): Promise<number> {
  const few = await rig.plan(instantChain(kind, 100));
  const many = await rig.plan(instantChain(kind, 1_100));
  const slopes: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const base = await timed(() => runSluice(rig, few));
    slopes.push(((await timed(() => runSluice(rig, many))) - base) / 1_000);
  }
  return median(slopes);
}

/** Kilobytes of memory of an open run that a worker keeps cached, Sluice's and one written by hand. */
export async function cachedRunMemory(rig: BenchRig, runs = 150): Promise<{ sluice: number; raw: number }> {
  const plan = await rig.plan({
    name: 'bench-sleep',
    version: '1.0.0',
    stages: [
      { id: 'decide', set: { output: '${{ 1 + 1 }}' } },
      { id: 'wait', sleep: '30d', depends_on: ['decide'] },
    ],
  });
  const raw = await memoryOf(runs, async () => {
    const workflowId = `raw/${randomUUID()}`;
    const handle = await rig.temporal.workflow.start('rawSleep', {
      taskQueue: RAW_QUEUE,
      workflowId,
      args: [],
    });
    await handle.query('__stack_trace');
    return () => handle.terminate();
  });
  const sluice = await memoryOf(runs, async () => {
    const run = await rig.sluice.start(plan, { key: randomUUID() });
    await run.status();
    return () => run.terminate('measured');
  });
  return { sluice, raw };
}

async function memoryOf(runs: number, start: () => Promise<() => Promise<unknown>>): Promise<number> {
  const ends = [await start()];
  const before = process.memoryUsage().rss;
  while (ends.length <= runs) ends.push(await start());
  const after = process.memoryUsage().rss;
  for (const end of ends) await end();
  return (after - before) / runs / 1024;
}

/** Milliseconds from typing `sluice run` in a fresh folder to the start of the first stage, server and worker included. */
export async function coldStart(): Promise<number> {
  const cli = fileURLToPath(new URL('../dist/client/cli/main.js', import.meta.url));
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const dir = await mkdtemp(join(tmpdir(), 'sluice-cold-'));
    const file = join(dir, 'pipeline.yaml');
    await writeFile(file, 'name: cold\nstages:\n  - id: first\n    run: [echo, "1"]\n');
    const startedAt = Date.now();
    const { stdout } = await execa('node', [cli, 'run', file, '--json'], { cwd: dir });
    const result = JSON.parse(stdout) as RunResult;
    times.push(Date.parse(result.stages['first']?.started_at ?? '') - startedAt);
    await rm(dir, { recursive: true, force: true });
  }
  return median(times);
}

/** Seconds that a run of a real graph of 10,000 stages takes, and the longest of its histories in events. */
export async function hugeGraph(
  rig: BenchRig,
): Promise<{ seconds: number; longest_history: number; histories: number }> {
  const plan = await rig.plan(graphDefinition('bench-huge', randomGraph(10_000, 30_000)));
  const key = randomUUID();
  const ms = await timed(() => runSluice(rig, plan, key));
  const lengths: number[] = [];
  for await (const run of rig.temporal.workflow.list({ query: `WorkflowId = 'bench-huge/${key}'` })) {
    lengths.push(run.historyLength ?? 0);
  }
  return { seconds: ms / 1_000, longest_history: Math.max(0, ...lengths), histories: lengths.length };
}
