import type { RunResult } from '../engine/result.js';

/** The result of a run, and what a test asks of it besides. */
export type TestResult = RunResult & {
  /** The stages that ran, by the wave of the plan that they belong to. */
  readonly waves: ReadonlyArray<readonly string[]>;
};

export function withWaves(result: RunResult): TestResult {
  const waves: string[][] = [];
  for (const id of result.executed_stages) {
    const wave = result.stages[id]?.wave ?? 1;
    (waves[wave - 1] ??= []).push(id);
  }
  // In the order of the plan, and without waves of which nothing ran.
  const position = new Map(Object.keys(result.stages).map((id, i) => [id, i]));
  const sorted = waves.map((ids) => ids.toSorted((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0)));
  return { ...result, waves: sorted.filter((ids) => ids.length > 0) };
}
