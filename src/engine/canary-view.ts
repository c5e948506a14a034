import { assertNever } from '../shared/assert-never.js';
import { formatDuration } from '../shared/format-duration.js';
import type {
  CanaryInput,
  CanaryPause,
  CanaryReport,
  CanaryView,
  CarriedCanary,
  StepReport,
} from './canary.js';
import { soakLeftMs } from './canary-state.js';
import { isoTime } from './stage-record.js';

type Shown = Pick<CanaryInput, 'service' | 'baseline' | 'candidate' | 'steps'>;

/** How a canary stands, without its past. */
export function canaryView(
  input: Shown,
  state: CarriedCanary,
  { workflowId, now }: { readonly workflowId: string; readonly now: number },
): CanaryView {
  const { service, baseline, candidate, steps } = input;
  return {
    workflow_id: workflowId,
    service,
    baseline,
    candidate,
    phase: state.phase,
    step: state.step + 1,
    steps: steps.length,
    weight: state.weight,
    soak_left_ms: soakLeftMs(state, now),
    waits_for: waitWords(input, state, now),
    question: state.question,
    paused: pauseOf(state),
    last: state.steps.flatMap(({ evaluations }) => evaluations).at(-1) ?? null,
    counts: countsOf(state.steps),
    decision: state.decision,
  };
}

/** All that is known of a canary. */
export function canaryReport(
  input: Shown,
  state: CarriedCanary,
  times: { readonly workflowId: string; readonly now: number; readonly endedAt: number | null },
): CanaryReport {
  const {
    step: _step,
    steps: _steps,
    soak_left_ms: _left,
    waits_for: _waits,
    ...view
  } = canaryView(input, state, times);
  const { baseline, candidate, weight } = view;
  return {
    ...view,
    started_at: isoTime(state.started_at),
    ended_at: isoTime(times.endedAt),
    weights: weight === null ? null : { [baseline]: 100 - weight, [candidate]: weight },
    steps: state.steps,
    notes: state.notes,
  };
}

function pauseOf({ paused, run_paused }: CarriedCanary): CanaryPause | null {
  if (paused !== null) return { ...paused, of: 'canary' };
  return run_paused === null ? null : { ...run_paused, of: 'run' };
}

function countsOf(steps: readonly StepReport[]): StepReport['counts'] {
  const sum = (verdict: keyof StepReport['counts']): number =>
    steps.reduce((total, { counts }) => total + counts[verdict], 0);
  return { successful: sum('successful'), failed: sum('failed'), inconclusive: sum('inconclusive') };
}

/** What it waits for, as the end of a sentence that begins with "waits for". */
function waitWords({ steps, service }: Shown, state: CarriedCanary, now: number): string {
  const pause = pauseOf(state);
  const { phase, question } = state;
  const held =
    pause === null
      ? ''
      : `${pause.by} to resume ${pause.of === 'run' ? 'the run' : 'it'}, paused since ${pause.at}`;
  switch (phase) {
    case 'shifting':
      return pause === null ? `"${service}" to take weight ${steps[state.step]?.weight ?? 100}` : held;
    case 'soaking': {
      const left = Math.ceil(soakLeftMs(state, now) / 1000) * 1000;
      const soak =
        left === 0 ? 'a successful evaluation, its soak is over' : `the soak, ${formatDuration(left)} left`;
      return pause === null ? soak : held;
    }
    case 'asking':
    case 'awaiting_promotion':
      return `a person to decide: ${question?.message ?? ''}`;
    case 'rolling_back':
      return `"${service}" to take weight 0${refusalWords(state)}`;
    case 'promoted':
    case 'rolled_back':
    case 'rollback_failed':
      return 'nothing';
    default:
      return assertNever(phase);
  }
}

/** What a target said that refuses the way back. */
function refusalWords({ way_back = null }: CarriedCanary): string {
  if (way_back === null) return '';
  const { refusals, reason, next_at } = way_back;
  const times = refusals === 1 ? 'once' : `${refusals} times`;
  return `, which it refused ${times}: ${reason}; mend that: it is asked again at ${isoTime(next_at)}, or at once by another abort`;
}
