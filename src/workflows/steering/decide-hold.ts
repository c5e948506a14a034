import { withParams } from '../../engine/amend-stage.js';
import type { FailStageMessage, RetryStageMessage, SkipStageMessage } from '../messages.js';
import { byWhom, checkSteer } from './check-steer.js';
import type { HeldStage } from './held-stage.js';
import { refusal, unknownName } from './refusal.js';
import type { SteeredRun } from './steered-run.js';

export function checkRetry(run: SteeredRun, message: unknown): void {
  const { params, stage } = checkHeld(run, message) as RetryStageMessage;
  if (params === undefined) return;
  const plan = run.ledger.record(stage)?.plan;
  const changed = plan === undefined ? 'no params' : withParams(plan, params);
  if (typeof changed === 'string')
    throw refusal(`Stage "${stage}" cannot run with these params: ${changed}.`);
}

export function retry(run: SteeredRun, message: RetryStageMessage): void {
  const { params, stage } = message;
  const plan = run.ledger.record(stage)?.plan;
  const changed = params === undefined || plan === undefined ? undefined : withParams(plan, params);
  if (changed !== undefined && typeof changed !== 'string') {
    run.ledger.amend(changed);
    run.steering.amend();
  }
  const amended = run.ledger.record(stage)?.plan;
  decide(run, message, 'retry', (held, who) =>
    held.decide({
      decision: 'retry',
      ...who,
      ...(amended === undefined
        ? {}
        : { retry: { stage: amended, ...(params === undefined ? {} : { params }) } }),
    }),
  );
}

export function checkSkip(run: SteeredRun, message: unknown): void {
  checkHeld(run, message);
}

export function skip(run: SteeredRun, message: SkipStageMessage): void {
  decide(run, message, 'skip', (held, who) =>
    held.decide({ decision: 'skip', ...who, output: message.output ?? null }),
  );
}

export function checkFail(run: SteeredRun, message: unknown): void {
  checkHeld(run, message);
}

export function fail(run: SteeredRun, message: FailStageMessage): void {
  decide(run, message, 'fail', (held, who) => held.decide({ decision: 'fail', ...who }));
}

function decide(
  run: SteeredRun,
  message: FailStageMessage,
  words: string,
  tell: (held: HeldStage, who: { readonly by: string; readonly reason: string | null }) => void,
): void {
  const held = run.steering.holds.find(message.stage);
  if (held === undefined) return;
  run.notes.add(`stage "${message.stage}" held: ${words} by ${byWhom(message)}`);
  tell(held, { by: message.by, reason: message.reason ?? null });
}

function checkHeld(run: SteeredRun, message: unknown): FailStageMessage {
  checkSteer(message);
  const { stage } = message as Partial<FailStageMessage>;
  if (typeof stage !== 'string') throw refusal('The message names no stage: give its ID in `stage`.');
  if (run.steering.holds.find(stage) !== undefined) return message as FailStageMessage;
  const record = run.ledger.record(stage);
  if (record === undefined) {
    throw unknownName(
      'stage',
      stage,
      [...run.ledger.records].map(({ plan }) => plan.id),
    );
  }
  const decided = run.steering.holds.lastDecision(stage);
  const by =
    decided === undefined
      ? ''
      : ` ${decided.by ?? 'its timeout'} decided at ${decided.at}: ${decided.decision}.`;
  const advice = record.plan.hold === null && record.endedAt === null ? ' It has no `hold_on_failure`.' : '';
  throw refusal(`Stage "${stage}" is not held: it is ${record.status.replace('_', ' ')}.${by}${advice}`);
}
