import { describe, expect, it } from 'vitest';
import { priorityOf } from '../../../src/client/run-priority.js';
import { createRunInput } from '../../../src/engine/create-run-input.js';
import type { Plan } from '../../../src/engine/plan.js';
import { aPlan, aStage } from '../../support/a-plan.js';

function inputOf(overrides: Partial<Plan>) {
  const inputs = { tenant: { type: 'string' as const, required: true } };
  const made = createRunInput(aPlan([aStage('a')], { inputs, ...overrides }), { inputs: { tenant: 'acme' } });
  if ('input' in made) return made.input;
  throw new Error('the inputs do not fit');
}

describe('the priority of a run', () => {
  it('is fair between pipelines when nothing is said', () => {
    expect(priorityOf(inputOf({}))).toEqual({ fairnessKey: 'example' });
  });

  it('is what the definition says, unless whoever starts the run says otherwise', () => {
    const input = inputOf({ priority: 4, fairness: { key: 'for ${{ inputs.tenant }}', weight: 2 } });
    const fairness = { fairnessKey: 'for acme', fairnessWeight: 2 };
    expect(priorityOf(input)).toEqual({ priorityKey: 4, ...fairness });
    expect(priorityOf(input, 1)).toEqual({ priorityKey: 1, ...fairness });
  });

  it('has a fairness key of at most 64 bytes', () => {
    const { fairnessKey } = priorityOf(inputOf({ fairness: { key: 'é'.repeat(100), weight: null } }));
    expect(fairnessKey).toBe('é'.repeat(32));
  });

  it('refuses a fairness key that cannot be computed', () => {
    const input = inputOf({ fairness: { key: '${{ inputs.tenant.name }}', weight: null } });
    expect(() => priorityOf(input)).toThrow('The fairness key of "example" cannot be computed');
  });
});
