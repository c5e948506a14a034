import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { formatDiff } from '../../../../src/client/cli/runs/format-diff.js';
import { compareRuns } from '../../../../src/client/diff/compare-runs.js';
import type { EarlierRun, NextRun } from '../../../../src/client/resume/verdict.js';
import type { StagePlan } from '../../../../src/engine/plan.js';
import { aPlan, aStage } from '../../../support/a-plan.js';
import { simulateRun } from '../../../support/simulated-run.js';

const load = aStage('load', { action: { kind: 'uses', uses: 'f', with: { rows: '${{ inputs.rows }}' } } });
const report = aStage('report', {
  depends_on: ['load'],
  action: { kind: 'uses', uses: 'g', with: { from: '${{ stages.load.output }}' } },
});

function run(stages: readonly StagePlan[], rows: number, version = '1', id = 'first'): EarlierRun {
  const next: NextRun = { plan: aPlan(stages), inputs: { rows }, variables: {}, mode: null };
  const { earlier } = simulateRun(next, {
    execute: ({ params, stage }) => ({
      status: 'succeeded',
      output: { got: params },
      attempts: 1,
      ...(version === '1' || stage.id !== 'load' ? {} : { versions: { f: version } }),
    }),
  });
  return { ...earlier, workflow_id: `example/${id}`, status: 'succeeded' };
}

describe('two runs compared', () => {
  it('do not differ when only their times do', () => {
    const diff = compareRuns(run([load, report], 1), run([load, report], 1, '1', 'second'));
    expect(diff.differs).toBe(false);
    expect(formatDiff(diff, pc.createColors(false))).toContain('The runs do not differ but in their times.');
  });

  it('show what each stage was given and gave, and the versions of functions', () => {
    const diff = compareRuns(run([load, report], 1), run([load, report], 2, '3', 'second'));
    expect(diff.inputs).toEqual([{ path: 'rows', before: 1, after: 2 }]);
    expect(diff.stages['load']).toMatchObject({
      differs: true,
      versions: [{ path: 'f', before: '1', after: '3' }],
      definition: [],
      inputs: [{ path: 'with.rows', before: 1, after: 2 }],
      output: [{ path: 'got.rows', before: 1, after: 2 }],
    });
    expect(diff.stages['report']?.inputs).toEqual([{ path: 'with.from.got.rows', before: 1, after: 2 }]);
    const text = formatDiff(diff, pc.createColors(false));
    expect(text).toMatch(/^- example\/first {2}1.0.0 {2}succeeded in/);
    expect(text).toMatch(/load +succeeded +1ms +version, inputs, output/);
    expect(text).toContain('load: versions\n  - f: "1"\n  + f: "3"');
  });

  it('show stages that only one of them has, and changes of the definition', () => {
    const slower = { ...report, timeout_ms: 1 };
    const diff = compareRuns(run([load], 1), run([load, slower], 1, '1', 'second'));
    expect(diff.stages['report']).toMatchObject({ status: [null, 'succeeded'], differs: true });
    const changed = compareRuns(run([load, report], 1), run([load, slower], 1, '1', 'second'));
    expect(changed.stages['report']).toMatchObject({
      definition: [{ path: 'timeout_ms', before: 600_000, after: 1 }],
      inputs: [],
      output: [],
      differs: true,
    });
  });
});
