import type { Scope } from '../../../src/expressions/scope.js';

/** A scope with a bit of everything; `inputs` replaces the inputs. */
export function scopeWith(inputs: Scope['inputs'] = {}): Scope {
  return {
    inputs,
    variables: { out_dir: './out' },
    stages: {
      train: { output: { rows: 120 }, status: 'succeeded', metrics: { seconds: 4 }, error: null },
      'my-id': { output: 1, status: 'succeeded', metrics: {}, error: null },
    },
    state: { seen: true },
    metrics: { rows: 7 },
    run: {
      id: 'run-1',
      workflow_id: 'demo/1',
      pipeline: 'demo',
      version: '1',
      mode: null,
      attempt: 1,
      started_at: '2026-01-31T09:00:00.000Z',
      scheduled_at: '2026-01-31T09:00:00.000Z',
    },
  };
}
