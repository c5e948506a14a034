/** Steps one evaluation may take: an element visited by a macro, compared, copied or hashed counts as one. */
const MAX_STEPS = 500_000;

const budget = { left: MAX_STEPS };

/** Starts a new evaluation. Evaluations are synchronous and never nest, so one counter is enough. */
export function resetBudget(): void {
  budget.left = MAX_STEPS;
}

/** Takes steps; throws when an expression would keep a workflow task busy for too long. */
export function charge(steps: number): void {
  budget.left -= steps;
  if (budget.left < 0) throw new Error(`it takes more than ${MAX_STEPS} steps; do this work in a stage`);
}
