import { defineStage, z } from 'sluice';
import type { ScenarioSpec } from '../lib/scenario/scenario-spec.js';
import { scenarioSpec, stressSpec, windowSpec } from '../lib/scenario/scenario-spec.js';

const params = z.strictObject({
  windows: z.array(windowSpec),
  crises: z.array(stressSpec),
  /** How many years are drawn from the past. */
  bootstraps: z.int().min(0).max(10_000),
  days: z.int().min(30).default(252),
  block: z.int().min(1).default(10),
  seed: z.int(),
});

/** Writes out every scenario in full, so that each one can be made, and made again, on its own. */
export const defineScenarios = defineStage({
  name: 'define-scenarios',
  description: 'Lists the historical windows, bootstrapped years and stress scenarios to be made',
  params,
  output: z.object({
    scenarios: z.array(scenarioSpec),
    historical: z.int(),
    bootstrap: z.int(),
    stress: z.int(),
  }),
  run: async ({ params: given }) => {
    const scenarios = listScenarios(given);
    const twice = scenarios.find((each, index) =>
      scenarios.some((other, at) => at < index && other.id === each.id),
    );
    if (twice !== undefined) throw new Error(`Two scenarios have the ID "${twice.id}"; each needs its own.`);
    return {
      scenarios,
      historical: given.windows.length,
      bootstrap: given.bootstraps,
      stress: given.crises.length,
    };
  },
});

function listScenarios(given: z.output<typeof params>): ScenarioSpec[] {
  const { seed, days, block } = given;
  const drawn = Array.from({ length: given.bootstraps }, (_, index): ScenarioSpec => {
    const number = String(index + 1).padStart(4, '0');
    return { kind: 'bootstrap', id: `year-${number}`, name: `Drawn year ${index + 1}`, seed, days, block };
  });
  return [
    ...given.windows.map((window): ScenarioSpec => ({ kind: 'historical', ...window })),
    ...drawn,
    ...given.crises.map((crisis): ScenarioSpec => ({ kind: 'stress', ...crisis, seed, days, block })),
  ];
}
