import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { formatPlan } from '../../../../src/client/cli/format-plan.js';
import { planDocument } from '../../../../src/client/cli/plan-view.js';
import { aPlan, aStage } from '../../../support/a-plan.js';
import { EXAMPLE } from '../graph/example-plan.js';

const plain = pc.createColors(false);

describe('the plan as JSON', () => {
  test('holds waves, edges and the longest chain', () => {
    const document = planDocument(EXAMPLE);
    expect(document.waves).toEqual([
      ['load', 'fetch', 'dawn'],
      ['check', 'note', 'pause', 'file'],
      ['compute'],
      ['publish'],
    ]);
    expect(document.edges).toContainEqual(['check', 'compute']);
    expect(document.edges).toHaveLength(8);
    expect(document.critical_path).toEqual(['load', 'check', 'compute', 'publish']);
  });

  test('holds what is known of each stage', () => {
    expect(planDocument(EXAMPLE).stages['compute']).toEqual({
      name: 'compute',
      kind: 'run',
      action: 'python3 compute.py',
      depends_on: ['check', 'load'],
      implied: ['load'],
      condition: 'stages.load.output.rows > 100',
      run_when: 'all_succeeded',
      continue_on_error: false,
      skip_reason: null,
      cache: null,
      map: null,
      pools: [],
      timeout_ms: 600_000,
      total_timeout_ms: null,
      queue_timeout_ms: null,
      heartbeat_timeout_ms: 30_000,
      retry: expect.objectContaining({ max_attempts: 3 }) as object,
      task_queue: null,
      priority: null,
    });
  });

  test('says which stages a mode leaves out and what it sets', () => {
    const document = planDocument({ ...EXAMPLE, variables: { window: 30, dir: 'out' } }, { mode: 'quick' });
    expect(document.variables).toEqual({ window: 1, dir: 'out' });
    expect(document.stages['load']?.skip_reason).toBeNull();
    expect(document.stages['publish']?.skip_reason).toBe('mode');
    expect(document.stages['pause']?.skip_reason).toBe('mode');
  });

  test('says that a stage is disabled', () => {
    expect(planDocument(EXAMPLE).stages['pause']?.skip_reason).toBe('disabled');
  });

  test('names secrets and outputs without their values', () => {
    const document = planDocument(
      aPlan([aStage('a')], { secrets: ['API_KEY'], outputs: { x: '${{ stages.a.output }}' } }),
    );
    expect(document.secrets).toEqual(['API_KEY']);
    expect(document.outputs).toEqual(['x']);
  });
});

describe('the plan for people', () => {
  test('is one table of waves, one of hooks and the longest chain', async () => {
    await expect(formatPlan(planDocument(EXAMPLE), plain)).toMatchFileSnapshot('golden/plan.txt');
  });

  test('cuts a chain of many stages in the middle', () => {
    const stages = Array.from({ length: 40 }, (_, i) =>
      aStage(`s${i}`, { depends_on: i === 0 ? [] : [`s${i - 1}`] }),
    );
    expect(formatPlan(planDocument(aPlan(stages)), plain)).toContain('s4 → s5 → … → s35 → s36');
  });

  test('shows the first 500 stages of a large plan and counts the rest', () => {
    const stages = Array.from({ length: 520 }, (_, i) => aStage(`s${i}`));
    const text = formatPlan(planDocument(aPlan(stages)), plain);
    expect(text).toContain('1  s499 ');
    expect(text).not.toContain('1  s500 ');
    expect(text).toContain('… and 20 more stages. With --json all are shown.');
  });

  test('says that a stage is retried without limit, or not at all', () => {
    const retry = { ...aStage('a').retry, backoff: 1 };
    const text = formatPlan(
      planDocument(
        aPlan([
          aStage('forever', { retry: { ...retry, max_attempts: 0 } }),
          aStage('once', { retry: { ...retry, max_attempts: 1 } }),
        ]),
      ),
      plain,
    );
    expect(text).toMatch(/forever .* without limit after 1s/);
    expect(text).toMatch(/once .* no$/m);
  });
});
