import { describe, expect, it } from 'vitest';
import { planResume, type PlanOptions } from '../../../../src/client/resume/plan-resume.js';
import type { EarlierRun, NextRun } from '../../../../src/client/resume/verdict.js';
import type { Plan, StagePlan } from '../../../../src/engine/plan.js';
import type { StageResult } from '../../../../src/engine/result.js';
import type { JsonObject } from '../../../../src/shared/json.js';
import { aPlan, aStage } from '../../../support/a-plan.js';
import { aStageResult } from '../../../support/a-run.js';
import { simulateRun } from '../../../support/simulated-run.js';

const uses = (id: string, given: JsonObject = {}, rest: Partial<StagePlan> = {}): StagePlan =>
  aStage(id, { action: { kind: 'uses', uses: 'f', with: given }, ...rest });

function next(plan: Plan, inputs: JsonObject = {}, variables: JsonObject = {}): NextRun {
  return { plan, inputs, variables, mode: null };
}

/** A run in which every stage succeeded, but for what is said of some. */
function ranAs(run: NextRun, changes: Readonly<Record<string, Partial<StageResult>>> = {}): EarlierRun {
  const { earlier } = simulateRun(run, {
    execute: ({ stage }) => ({ status: 'succeeded', output: stage.id, attempts: 1 }),
  });
  const stages = Object.entries(earlier.stages).map(([id, result]) => [id, { ...result, ...changes[id] }]);
  return { ...earlier, stages: Object.fromEntries(stages) as EarlierRun['stages'] };
}

function verdict(before: EarlierRun, run: NextRun, id: string, options: Partial<PlanOptions> = {}) {
  const { verdict, reason, detail, items } =
    planResume(before, run, { versions: null, ...options }).verdicts[id] ?? {};
  return items === undefined ? [verdict, reason, detail] : [verdict, reason, detail, items];
}

const one = (stage: StagePlan): NextRun => next(aPlan([stage]));

describe('a stage of a resumed run', () => {
  it('is reused when nothing about it changed but how often and how long it is tried', () => {
    const run = one(uses('a', { n: 1 }));
    const later = one(
      uses('a', { n: 1 }, { timeout_ms: 5, name: 'Another', task_queue: 'gpu', continue_on_error: true }),
    );
    expect(verdict(ranAs(run), later, 'a')).toEqual(['reuse', 'unchanged', 'unchanged']);
  });

  it.each([
    ['failed', 'it failed'],
    ['timed_out', 'it timed out'],
    ['cancelled', 'it was cancelled'],
  ] as const)('runs when it %s', (status, detail) => {
    const run = one(uses('a'));
    expect(verdict(ranAs(run, { a: { status } }), run, 'a')).toEqual(['run', status, detail]);
  });

  it('runs when it did not end, or fell back', () => {
    const run = one(uses('a'));
    expect(verdict(ranAs(run, { a: aStageResult({ status: 'running' }) }), run, 'a')[2]).toBe(
      'it had not ended',
    );
    expect(verdict(ranAs(run, { a: { status: 'reused', fallback: 'value' } }), run, 'a')[1]).toBe(
      'fell_back',
    );
  });

  it('runs when its function has another version, and takes a missing version for "1"', () => {
    const run = one(uses('a'));
    expect(verdict(ranAs(run), run, 'a', { versions: new Map([['f', '2']]) })).toEqual([
      'run',
      'version',
      'the function "f" was version 1 and is 2',
    ]);
    const newer = ranAs(run, { a: { versions: { f: '2' } } });
    expect(verdict(newer, run, 'a', { versions: new Map([['f', '2']]) })[0]).toBe('reuse');
  });

  it('runs when it is given something else, by the definition or by an input', () => {
    const run = next(aPlan([uses('a', { n: '${{ inputs.n }}' })]), { n: 1 });
    expect(verdict(ranAs(run), { ...run, inputs: { n: 2 } }, 'a')).toEqual([
      'run',
      'inputs',
      '`with.n` was 1 and is 2',
    ]);
    expect(verdict(ranAs(run), one(uses('a', { n: 2 })), 'a')).toEqual([
      'run',
      'definition',
      '`with.n` was 1 and is 2',
    ]);
    expect(verdict(ranAs(run), one(uses('a', { n: 1 })), 'a')[0]).toBe('reuse');
  });

  it('runs when it reads what is another in every run, not when it reads what stays', () => {
    const run = one(uses('a', { path: 'out/${{ run.id }}', about: '${{ run.scheduled_at }}' }));
    expect(verdict(ranAs(run), run, 'a')).toEqual([
      'run',
      'inputs',
      'it reads `run.id`, which is another in every run',
    ]);
    const calm = one(uses('a', { about: '${{ run.scheduled_at }}' }));
    expect(verdict(ranAs(calm), calm, 'a')[0]).toBe('reuse');
  });

  it('runs when another stage that runs may write the state that it reads', () => {
    const reader = uses('reader', { seen: '${{ has(state.x) ? state.x : 0 }}' });
    const run = next(aPlan([uses('writer'), reader, uses('after', {}, { depends_on: ['reader'] })]));
    expect(verdict(ranAs(run, { writer: { status: 'failed' } }), run, 'reader')).toEqual([
      'run',
      'state',
      '"writer" may leave other shared state for it now',
    ]);
    expect(verdict(ranAs(run, { after: { status: 'failed' } }), run, 'reader')[0]).toBe('reuse');
  });

  it('runs when it was undone, when its artifact is lost, and when its params or variables were amended', () => {
    const run = next(aPlan([uses('a', { v: '${{ variables.v }}' })]), {}, { v: 1 });
    const before = ranAs(run);
    expect(verdict({ ...before, undone: new Set(['a']) }, run, 'a')[1]).toBe('undone');
    expect(verdict(before, run, 'a', { lost: new Map([['a', 'gone']]) })).toEqual(['run', 'lost', 'gone']);
    const amended = { params: new Set<string>(), variables: new Set<string>() };
    expect(verdict({ ...before, amended: { ...amended, params: new Set(['a']) } }, run, 'a')[1]).toBe(
      'definition',
    );
    expect(verdict({ ...before, amended: { ...amended, variables: new Set(['v']) } }, run, 'a')[1]).toBe(
      'inputs',
    );
    expect(verdict({ ...before, amended: { ...amended, variables: new Set(['w']) } }, run, 'a')[0]).toBe(
      'reuse',
    );
  });

  it('runs with all that depend on it when it is the one to begin with', () => {
    const run = next(
      aPlan([uses('a'), uses('b', {}, { depends_on: ['a'] }), uses('c', {}, { depends_on: ['b'] })]),
    );
    const planned = planResume(ranAs(run), run, { versions: null, from: 'b' });
    expect(Object.values(planned.verdicts).map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ['reuse', 'unchanged'],
      ['run', 'asked'],
      ['run', 'upstream'],
    ]);
    expect(planned.reused).toEqual(['a']);
  });

  it('is skipped when its condition is false whatever runs before it', () => {
    const off = uses('b', {}, { depends_on: ['a'], condition: 'inputs.on' });
    const run = next(aPlan([uses('a'), off, uses('c', {}, { depends_on: ['b'] })]), { on: false });
    const before = ranAs(run, { a: { status: 'failed' } });
    expect(verdict(before, run, 'b')).toEqual(['skip', 'condition', '`inputs.on` is false']);
    expect(verdict(before, run, 'c')).toEqual(['run', 'upstream', 'something before "b" runs or changed']);
    expect(verdict(before, { ...run, inputs: { on: true } }, 'b')[1]).toBe('upstream');
  });

  it('runs only the items of a map that did not succeed, and all of them when the map changed', () => {
    const map = (list: string): StagePlan =>
      uses('a', { n: '${{ item }}' }, {
        map: {
          over: { type: 'list', list },
          as: 'item',
          batch_size: 1,
          whole_batch: false,
          max_concurrency: null,
          on_item_failure: { max_failures: 0, max_failure_ratio: 0 },
          collect: 'list',
        },
      }); // prettier-ignore
    const run = next(aPlan([map('${{ inputs.list }}')]), { list: [1, 2, 3] });
    const ledger = { total: 3, done: [[0, 2]] as const, failed: [[2, 3]] as const, outputs: [1, 2] };
    const items = { ledger } as unknown as NonNullable<StageResult['items']>;
    const before = {
      ...ranAs(one(uses('a'))),
      ...run,
      stages: { a: aStageResult({ status: 'failed', items }) },
    };
    expect(verdict(before, run, 'a')).toEqual([
      'run',
      'items',
      '1 of 3 items run, 2 are done',
      { reuse: 2, run: 1 },
    ]);
    expect(verdict(before, { ...run, inputs: { list: [1, 2, 4] } }, 'a')).toEqual([
      'run',
      'failed',
      'it failed',
    ]);
  });

  it('runs when the pipeline that it runs changed', () => {
    const child = (n: number): Plan => aPlan([uses('inner', { n })], { pipeline: 'child' });
    const stage = aStage('a', { action: { kind: 'pipeline', pipeline: 'child.yaml', with: {} } });
    const run = (n: number): NextRun => next(aPlan([stage], { pipelines: { 'child.yaml': child(n) } }));
    const before = {
      ...ranAs(one(uses('a'))),
      ...run(1),
      stages: { a: aStageResult({ status: 'succeeded' }) },
    };
    expect(verdict(before, run(1), 'a')[0]).toBe('reuse');
    expect(verdict(before, run(2), 'a')).toEqual([
      'run',
      'definition',
      'the pipeline "child" that it runs changed',
    ]);
    expect(verdict(before, run(1), 'a', { versions: new Map([['f', '2']]) })[1]).toBe('version');
  });
});
