import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planResume } from '../../../../src/client/resume/plan-resume.js';
import type { EarlierRun, NextRun } from '../../../../src/client/resume/verdict.js';
import { stageLevels } from '../../../../src/engine/levels.js';
import type { RunWhen, Scheduling, StagePlan } from '../../../../src/engine/plan.js';
import type { StageResult } from '../../../../src/engine/result.js';
import type { ReusedRun } from '../../../../src/engine/reuse.js';
import type { StageOutcome } from '../../../../src/engine/stage-record.js';
import { hashJson } from '../../../../src/expressions/hash.js';
import { aPlan, aStage } from '../../../support/a-plan.js';
import { type Simulated, type SimulatedTask, simulateRun } from '../../../support/simulated-run.js';

/** One stage in a definition: what it reads of those before it, and which function it calls. */
type Spec = {
  readonly name: string;
  readonly needs: readonly string[];
  readonly reads: readonly ('output' | 'status' | 'state' | 'nothing')[];
  readonly uses: 'f' | 'g';
  readonly literal: number;
  readonly input: 'a' | 'b' | null;
  readonly condition: 'none' | 'true' | 'flag' | 'upstream' | 'state';
  readonly run_when: RunWhen;
  readonly continue_on_error: boolean;
  readonly enabled: boolean;
  readonly timeout_ms: number;
};

type Definition = {
  readonly specs: readonly Spec[];
  readonly scheduling: Scheduling;
  readonly inputs: { readonly a: number; readonly b: number; readonly flag: boolean };
};

const RUN_WHENS: readonly RunWhen[] = ['all_done', 'any_succeeded', 'any_failed', 'always'];

const specOf = (index: number): fc.Arbitrary<Spec> =>
  fc.record({
    name: fc.constant(`s${index}`),
    needs: fc
      .uniqueArray(fc.integer({ min: 0, max: Math.max(0, index - 1) }), { maxLength: index === 0 ? 0 : 3 })
      .map((needs) => needs.map((need) => `s${need}`)),
    reads: fc.array(
      fc.constantFrom('output' as const, 'status' as const, 'state' as const, 'nothing' as const),
      {
        minLength: 3,
        maxLength: 3,
      },
    ),
    uses: fc.constantFrom('f' as const, 'g' as const),
    literal: fc.integer({ min: 0, max: 2 }),
    input: fc.constantFrom('a' as const, 'b' as const, null),
    condition: fc.oneof(
      { weight: 4, arbitrary: fc.constant('none' as const) },
      fc.constantFrom('true' as const, 'flag' as const, 'upstream' as const, 'state' as const),
    ),
    run_when: fc.oneof(
      { weight: 5, arbitrary: fc.constant<RunWhen>('all_succeeded') },
      fc.constantFrom(...RUN_WHENS),
    ),
    continue_on_error: fc.boolean(),
    enabled: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
    timeout_ms: fc.constantFrom(1000, 2000),
  });

const inputs = fc.record({
  a: fc.integer({ min: 0, max: 1 }),
  b: fc.integer({ min: 0, max: 1 }),
  flag: fc.boolean(),
});
const scheduling = fc.constantFrom('dataflow' as const, 'dataflow' as const, 'strict' as const);

/** A definition, and the same one after any number of edits: stages changed, added and removed, other inputs. */
const edits = fc.integer({ min: 1, max: 9 }).chain((size) =>
  fc
    .record({
      specs: fc.tuple(...Array.from({ length: size }, (_, index) => specOf(index))),
      changed: fc.tuple(...Array.from({ length: size }, (_, index) => fc.option(specOf(index), { freq: 5 }))),
      partly: fc.array(fc.boolean(), { minLength: size, maxLength: size }),
      added: fc.option(specOf(size), { freq: 2 }),
      removed: fc.subarray(
        Array.from({ length: size }, (_, index) => index),
        { maxLength: 1 },
      ),
      scheduling,
      otherScheduling: fc.option(scheduling, { freq: 3 }),
      inputs,
      otherInputs: fc.option(inputs, { freq: 3 }),
    })
    .map(({ specs, changed, partly, added, removed, scheduling, otherScheduling, inputs, otherInputs }) => {
      const edited = specs.map((spec, index): Spec => {
        const change = changed[index] ?? null;
        if (change === null) return spec;
        return partly[index] === true
          ? { ...spec, literal: change.literal, timeout_ms: change.timeout_ms }
          : change;
      });
      const kept = [
        ...edited.filter((_, index) => !removed.includes(index)),
        ...(added === null ? [] : [added]),
      ];
      const names = new Set(kept.map((spec) => spec.name));
      const next = kept.map((spec) => ({ ...spec, needs: spec.needs.filter((need) => names.has(need)) }));
      return {
        before: { specs, scheduling, inputs },
        after: { specs: next, scheduling: otherScheduling ?? scheduling, inputs: otherInputs ?? inputs },
      };
    }),
);

function toRun({ specs, scheduling, inputs }: Definition, failure: 'fail_fast' | 'continue'): NextRun {
  return { plan: aPlan(specs.map(toStage), { scheduling, failure }), inputs, variables: {}, mode: null };
}

function toStage(spec: Spec): StagePlan {
  const read = (need: string, index: number): string => {
    switch (spec.reads[index]) {
      case 'output':
        return `\${{ stages.${need}.output }}`;
      case 'status':
        return `\${{ stages.${need}.status }}`;
      case 'state':
        return `\${{ has(state.${need}) ? state.${need} : null }}`;
      default:
        return 'nothing';
    }
  };
  const params = {
    literal: spec.literal,
    ...(spec.input === null ? {} : { input: `\${{ inputs.${spec.input} }}` }),
    read: spec.needs.map(read),
  };
  return aStage(spec.name, {
    depends_on: spec.needs,
    condition: conditionOf(spec),
    run_when: spec.run_when,
    continue_on_error: spec.continue_on_error,
    enabled: spec.enabled,
    timeout_ms: spec.timeout_ms,
    action: { kind: 'uses', uses: spec.uses, with: params },
  });
}

function conditionOf({ condition, needs }: Spec): string | null {
  const [first] = needs;
  switch (condition) {
    case 'none':
      return null;
    case 'flag':
      return 'inputs.flag';
    case 'upstream':
      return first === undefined ? 'true' : `stages.${first}.status == 'succeeded'`;
    case 'state':
      return first === undefined ? 'true' : `has(state.${first})`;
    default:
      return 'true';
  }
}

/** Stages before a stage for certain: what it depends on, and under strict scheduling every earlier level. */
function stagesBefore({ scheduling, stages }: NextRun['plan'], id: string): readonly string[] {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const found = new Set<string>(byId.get(id)?.depends_on);
  for (const known of found) for (const need of byId.get(known)?.depends_on ?? []) found.add(need);
  const levels = stageLevels(stages);
  if (scheduling === 'strict') {
    for (const [other, level] of levels) if (level < (levels.get(id) ?? 0)) found.add(other);
  }
  return [...found].toSorted();
}

/** Pure: what a stage gives follows from its function, its params, and what those before it left in shared state. */
function world(run: NextRun, versions: ReadonlyMap<string, string>, flaky: readonly string[] = []) {
  return ({ stage, params, state }: SimulatedTask): StageOutcome => {
    const { action, id } = stage;
    if (action.kind !== 'uses') throw new Error('Only functions are simulated.');
    const version = versions.get(action.uses) ?? '1';
    const visible = stagesBefore(run.plan, id).flatMap((other) => state[other] ?? []);
    const digest = hashJson([action.uses, version, params, visible]).slice(0, 6);
    const dice = Number.parseInt(digest, 16) % 7;
    if (dice === 0 || flaky.includes(id)) {
      return { status: 'failed', error: { type: 'Error', message: digest, stage: id }, attempts: 1 };
    }
    return {
      status: 'succeeded',
      output: digest,
      metrics: { [digest]: 1 },
      attempts: 1,
      ...(dice < 4 ? { state: { [id]: digest } } : {}),
      ...(version === '1' ? {} : { versions: { [action.uses]: version } }),
    };
  };
}

const accidents = fc.record({
  kill: fc.option(
    fc.record({
      after: fc.integer({ min: 0, max: 8 }),
      how: fc.constantFrom('cancel' as const, 'terminate' as const),
    }),
  ),
  flaky: fc.subarray(['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7', 's8']).map((all) => all.slice(0, 2)),
  failure: fc.constantFrom('fail_fast' as const, 'continue' as const),
  picks: fc.array(fc.nat(20), { minLength: 1, maxLength: 12 }),
});

type Accidents = typeof accidents extends fc.Arbitrary<infer T> ? T : never;

const V1 = new Map([['f', '1'], ['g', '1']]); // prettier-ignore
const V2 = new Map([['f', '2'], ['g', '1']]); // prettier-ignore

function picker(picks: readonly number[]) {
  let turn = 0;
  return (running: readonly string[]): string | undefined =>
    running[(picks[(turn += 1) % picks.length] ?? 0) % running.length];
}

function runBroken(definition: Definition, { kill, flaky, failure, picks }: Accidents): Simulated {
  const run = toRun(definition, failure);
  return simulateRun(run, { execute: world(run, V1, flaky), pick: picker(picks), kill });
}

function resume(
  earlier: EarlierRun,
  run: NextRun,
  options: { readonly versions: ReadonlyMap<string, string>; readonly from?: string } & Partial<Accidents>,
) {
  const { versions, from, kill = null, flaky = [], picks = [0] } = options;
  const planned = planResume(earlier, run, { versions, from: from ?? null });
  const reuse: ReusedRun = {
    how: 'resume',
    from: earlier,
    stages: planned.reused.map((id) => [id, earlier.stages[id] as StageResult] as const),
  };
  const execute = world(run, versions, flaky);
  return { planned, resumed: simulateRun(run, { execute, reuse, pick: picker(picks), kill }) };
}

/** The fresh run of the same definition in which stages end in the same order. */
function freshRunLike(resumed: Simulated, run: NextRun, versions: ReadonlyMap<string, string>): Simulated {
  const order = resumed.ledger.ended.map((record) => record.plan.id);
  return simulateRun(run, {
    execute: world(run, versions),
    pick: (running) => order.find((id) => running.includes(id)),
  });
}

function seen({ ledger, state, metrics }: Simulated) {
  const stages = [...ledger.records].map(({ plan, status, outcome }) => [
    plan.id,
    {
      status: status === 'reused' ? 'succeeded' : status,
      output: outcome?.output ?? null,
      error: outcome?.error ?? null,
      skip_reason: outcome?.skip_reason ?? null,
    },
  ]);
  return { stages: Object.fromEntries(stages) as object, state, metrics };
}

describe('a run resumed with any definition after any end of the first', () => {
  it('gives what a fresh run would have given', () => {
    fc.assert(
      fc.property(edits, accidents, fc.boolean(), ({ before, after }, accident, isBumped) => {
        const { earlier } = runBroken(before, accident);
        const versions = isBumped ? V2 : V1;
        const run = toRun(after, 'continue');
        const { resumed } = resume(earlier, run, { versions, picks: accident.picks });
        expect(seen(resumed)).toEqual(seen(freshRunLike(resumed, run, versions)));
      }),
      { numRuns: 1000 },
    );
  });

  it('does exactly what was planned', () => {
    fc.assert(
      fc.property(edits, accidents, fc.nat(9), ({ before, after }, accident, at) => {
        const { earlier } = runBroken(before, accident);
        const run = toRun(after, 'continue');
        const from = run.plan.stages[at]?.id;
        const { planned, resumed } = resume(earlier, run, {
          versions: V1,
          ...(from === undefined ? {} : { from }),
        });
        for (const { plan, status } of resumed.ledger.records) {
          const { verdict } = planned.verdicts[plan.id] ?? {};
          expect(resumed.executed.has(plan.id) ? 'run' : verdict).toBe(verdict);
          expect(status === 'reused').toBe(verdict === 'reuse');
          if (verdict === 'skip') expect(status).toBe('skipped');
          if (plan.id === from) expect(verdict).not.toBe('reuse');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives that also when the resumed run is killed and resumed again', () => {
    fc.assert(
      fc.property(edits, accidents, accidents, ({ before, after }, first, second) => {
        const run = toRun(after, 'continue');
        const broken = resume(runBroken(before, first).earlier, run, { versions: V1, ...second }).resumed;
        const { resumed } = resume(broken.earlier, run, { versions: V1, picks: first.picks });
        expect(seen(resumed)).toEqual(seen(freshRunLike(resumed, run, V1)));
      }),
      { numRuns: 500 },
    );
  });

  it('runs nothing again that ended well and has nothing new before it', () => {
    fc.assert(
      fc.property(edits, accidents, ({ before }, accident) => {
        const dataflow = { ...before, scheduling: 'dataflow' as const };
        const { earlier } = runBroken(dataflow, accident);
        const { planned } = resume(earlier, toRun(dataflow, accident.failure), { versions: V1 });
        const { plan } = toRun(dataflow, 'continue');
        for (const { name, reads, condition } of dataflow.specs) {
          const isAsBefore = (id: string): boolean => {
            const { verdict } = planned.verdicts[id] ?? {};
            // What was cancelled then and is skipped now is something new to a stage that ran after it.
            return verdict === 'skip' ? earlier.stages[id]?.status === 'skipped' : verdict !== 'run';
          };
          const isWell = stagesBefore(plan, name).every(isAsBefore);
          if (!isWell || earlier.stages[name]?.status !== 'succeeded') continue;
          if (reads.includes('state') || condition === 'state') continue;
          expect(planned.verdicts[name]?.verdict, name).not.toBe('run');
        }
      }),
      { numRuns: 500 },
    );
  });
});
