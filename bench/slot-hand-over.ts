import { randomUUID } from 'node:crypto';
import { runSluice } from './side-by-side.js';
import type { BenchRig } from './rig.js';
import { median } from './stats.js';

const RUNS = 12;

/** Milliseconds from the end of a stage that has the only slot of a pool to the start of the next one, of another run. */
export async function slotHandOver(rig: BenchRig): Promise<{ median: number; most: number }> {
  rig.turns.length = 0;
  const plan = await rig.plan({
    name: 'bench-pool',
    stages: [{ id: 'turn', uses: 'turn', with: { ms: 200 }, pool: 'one' }],
  });
  await Promise.all(Array.from({ length: RUNS }, () => runSluice(rig, plan, randomUUID())));
  const turns = rig.turns.toSorted((a, b) => a.started - b.started);
  const gaps = turns.slice(1).map((turn, index) => turn.started - (turns[index]?.ended ?? Number.NaN));
  // The first ones wait for the runs themselves to start.
  const settled = gaps.slice(2);
  return { median: median(settled), most: Math.max(...settled) };
}
