import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { setHandler } from '@temporalio/workflow';
import type { CanaryView } from '../../engine/canary.js';
import {
  abortRefusal,
  isStuck,
  pauseRefusal,
  promoteRefusal,
  resumeRefusal,
} from '../../engine/canary-refusal.js';
import type { Steer } from '../../engine/steering.js';
import { pauseSignal } from '../messages.js';
import { byWhom, checkSteer } from '../steering/check-steer.js';
import { refusal } from '../steering/refusal.js';
import type { CanaryRun } from './canary-run.js';
import {
  abortSignal,
  abortUpdate,
  type CanaryDecided,
  decidedSignal,
  pauseCanaryUpdate,
  type PromoteMessage,
  promoteSignal,
  promoteUpdate,
  resumeSignal,
  resumeUpdate,
  runPausedSignal,
} from './messages.js';

type Command<M extends Steer> = {
  readonly update: UpdateDefinition<CanaryView, [M]>;
  readonly signal: SignalDefinition<[M]>;
  readonly description: string;
  /** Why it cannot be done now; null when it can. */
  readonly refusal: (message: M) => string | null;
  readonly apply: (message: M) => void;
};

/** Makes a canary listen to people and to its run. */
export function registerCanarySteering(run: CanaryRun): void {
  const { book, input } = run;
  listen<PromoteMessage>(run, {
    update: promoteUpdate,
    signal: promoteSignal,
    description: 'Send all traffic to the candidate: {"by": "NAME", "reason": "WHY", "step": false}',
    refusal: (message) => formProblem(message) ?? promoteRefusal(input, book.state, message),
    apply: (message) => promote(run, message),
  });
  listen<Steer>(run, {
    update: abortUpdate,
    signal: abortSignal,
    description: 'Send all traffic to the baseline: {"by": "NAME", "reason": "WHY"}',
    refusal: () => abortRefusal(book.state),
    apply: (message) => abort(run, message),
  });
  listen<Steer>(run, {
    update: pauseCanaryUpdate,
    signal: pauseSignal,
    description: 'Keep the weights until it is resumed: {"by": "NAME", "reason": "WHY"}',
    refusal: () => pauseRefusal(book.state),
    apply: (message) => book.pause(message, Date.now()),
  });
  listen<Steer>(run, {
    update: resumeUpdate,
    signal: resumeSignal,
    description: 'Go on after a pause, or measure a step again: {"by": "NAME"}',
    refusal: () => resumeRefusal(book.state),
    apply: (message) => book.resume(message, Date.now()),
  });
  setHandler(runPausedSignal, ({ paused }) => {
    book.pauseRun(paused, Date.now());
    run.wake({ interrupt: false });
  });
  setHandler(decidedSignal, (message) => decide(run, message));
}

function listen<M extends Steer>(run: CanaryRun, command: Command<M>): void {
  const why = (message: M): string | null => {
    checkSteer(message);
    return command.refusal(message);
  };
  const apply = (message: M): CanaryView => {
    command.apply(message);
    run.wake({ interrupt: false });
    return run.view();
  };
  setHandler(command.update, apply, {
    validator: (message) => {
      const problem = why(message);
      if (problem !== null) throw refusal(problem);
    },
  });
  setHandler(
    command.signal,
    (message) => {
      const problem = whyNot(() => why(message));
      if (problem === null) apply(message);
      else run.book.note(`${command.signal.name} was refused`, problem, Date.now());
    },
    { description: command.description },
  );
}

/** What is wrong with the form of a message is thrown. */
function whyNot(check: () => string | null): string | null {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.message;
  }
}

function formProblem({ step }: PromoteMessage): string | null {
  return step === undefined || typeof step === 'boolean' ? null : '`step` must be true or false.';
}

function promote(run: CanaryRun, message: PromoteMessage): void {
  if (message.step === true) run.book.acceptStep(message, Date.now());
  else run.book.promote(message, Date.now());
  run.wake({ interrupt: true });
}

function abort(run: CanaryRun, message: Steer): void {
  const now = Date.now();
  run.book.note(`aborted by ${message.by}`, message.reason, now);
  if (isStuck(run.book.state)) return run.book.tryAgain(now);
  run.book.rollBack({ by: 'people', who: message.by, reason: `aborted by ${byWhom(message)}` }, now);
  run.wake({ interrupt: true });
}

/** What people decided in the run about a question that was taken back meanwhile changes nothing. */
function decide(run: CanaryRun, message: CanaryDecided): void {
  const { question } = run.book.state;
  if (question === null) return;
  if (message.decision === 'reject') return abort(run, message);
  promote(run, question.about === 'promotion' ? message : { ...message, step: true });
}
