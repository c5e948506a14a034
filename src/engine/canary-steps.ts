import type { Evaluation, StepReport } from './canary.js';
import { isoTime } from './stage-record.js';

/** Evaluations of a step that are kept: a soak may take days. */
const FIRST_KEPT = 10;
const LAST_KEPT = 40;

/** The steps with one more, which begins now. */
export function withStep(steps: readonly StepReport[], weight: number, now: number): readonly StepReport[] {
  const begun: StepReport = {
    weight,
    status: 'running',
    started_at: isoTime(now),
    ended_at: null,
    counts: { successful: 0, failed: 0, inconclusive: 0 },
    evaluations: [],
    left_out: 0,
  };
  return [...steps, begun];
}

/** The steps with the end of the last one, unless it has ended already. */
export function withEnd(
  steps: readonly StepReport[],
  status: StepReport['status'],
  now: number,
): readonly StepReport[] {
  return changeLast(steps, (step) =>
    step.ended_at === null ? { ...step, status, ended_at: isoTime(now) } : step,
  );
}

/** The steps with one more evaluation of the last one. */
export function withEvaluation(steps: readonly StepReport[], evaluation: Evaluation): readonly StepReport[] {
  return changeLast(steps, (step) => {
    const { verdict } = evaluation;
    const all = [...step.evaluations, evaluation];
    const isFull = all.length > FIRST_KEPT + LAST_KEPT;
    return {
      ...step,
      counts: { ...step.counts, [verdict]: step.counts[verdict] + 1 },
      evaluations: isFull ? [...all.slice(0, FIRST_KEPT), ...all.slice(-LAST_KEPT)] : all,
      left_out: step.left_out + (isFull ? 1 : 0),
    };
  });
}

function changeLast(
  steps: readonly StepReport[],
  change: (step: StepReport) => StepReport,
): readonly StepReport[] {
  const last = steps.at(-1);
  return last === undefined ? steps : [...steps.slice(0, -1), change(last)];
}
