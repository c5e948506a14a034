import { withParams } from '../../engine/amend-stage.js';
import type { StagePlan } from '../../engine/plan.js';
import type { HeldStageMessage, RetryStageMessage, SkipStageMessage } from '../messages.js';
import { byWhom, checkSteer } from './check-steer.js';
import type { HeldStage } from './held-stage.js';
import { refusal, unknownName } from './refusal.js';
import type { SteeredRun } from './steered-run.js';

export function checkRetry(run: SteeredRun, message: unknown): void {
  const { params, ...held } = checkHeld(run, message) as RetryStageMessage;
  if (params === undefined) return;
  const plan = planOf(run, held);
  const changed = plan === undefined ? 'it has no params' : withParams(plan, params);
  if (typeof changed === 'string')
    throw refusal(`Stage "${keyOf(held)}" cannot run with these params: ${changed}.`);
}

export function retry(run: SteeredRun, message: RetryStageMessage): void {
  const { params } = message;
  const plan = planOf(run, message);
  const changed = params === undefined || plan === undefined ? plan : withParams(plan, params);
  const next = typeof changed === 'string' ? plan : changed;
  if (
    next !== undefined &&
    next !== plan &&
    next.item === undefined &&
    run.ledger.record(next.id) !== undefined
  ) {
    run.ledger.amend(next);
    run.steering.amend();
  }
  decide(run, message, 'retry', (held, who) =>
    held.decide({
      decision: 'retry',
      ...who,
      ...(next === undefined ? {} : { retry: { stage: next, ...(params === undefined ? {} : { params }) } }),
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

export function fail(run: SteeredRun, message: HeldStageMessage): void {
  decide(run, message, 'fail', (held, who) => held.decide({ decision: 'fail', ...who }));
}

function decide(
  run: SteeredRun,
  message: HeldStageMessage,
  words: string,
  tell: (held: HeldStage, who: { readonly by: string; readonly reason: string | null }) => void,
): void {
  const held = run.steering.holds.find(keyOf(message));
  if (held === undefined) return;
  run.notes.add(`stage "${keyOf(message)}" held: ${words} by ${byWhom(message)}`);
  tell(held, { by: message.by, reason: message.reason ?? null });
}

/** The ID that a held stage, or a held item of a map, runs under. */
function keyOf({ stage, item }: Pick<HeldStageMessage, 'stage' | 'item'>): string {
  return item === undefined ? stage : `${stage}.${item}`;
}

/** What a held stage runs by: as it was amended since, where it is a stage of its own. */
function planOf(run: SteeredRun, message: Pick<HeldStageMessage, 'stage' | 'item'>): StagePlan | undefined {
  const held = run.steering.holds.planOf(keyOf(message));
  return held?.item === undefined ? (run.ledger.record(message.stage)?.plan ?? held) : held;
}

function checkHeld(run: SteeredRun, message: unknown): HeldStageMessage {
  checkSteer(message);
  const { stage, item } = message as Partial<HeldStageMessage>;
  if (typeof stage !== 'string') throw refusal('The message names no stage: give its ID in `stage`.');
  if (item !== undefined && !(Number.isInteger(item) && item >= 0)) {
    throw refusal(`\`item\` must be the position of an item, from 0, got \`${JSON.stringify(item)}\`.`);
  }
  if (run.steering.holds.find(keyOf({ stage, ...(item === undefined ? {} : { item }) })) === undefined) {
    throw notHeld(run, stage, item);
  }
  return message as HeldStageMessage;
}

function notHeld(run: SteeredRun, stage: string, item: number | undefined): Error {
  const { holds } = run.steering;
  const record = run.ledger.record(stage);
  if (record === undefined) {
    return unknownName(
      'stage',
      stage,
      [...run.ledger.records].map(({ plan }) => plan.id),
    );
  }
  const decided = holds.lastDecision(item === undefined ? stage : `${stage}.${item}`);
  const last =
    decided === undefined
      ? ''
      : ` ${decided.by ?? 'Its timeout'} decided at ${decided.at}: ${decided.decision}.`;
  const items = [...holds.itemsOf(stage)].sort((a, b) => a - b);
  const others = items.length === 0 ? '' : ` Items that are held: ${items.slice(0, 20).join(', ')}.`;
  if (item !== undefined) return refusal(`Item ${item} of stage "${stage}" is not held.${last}${others}`);
  const advice = record.plan.hold === null && record.endedAt === null ? ' It has no `hold_on_failure`.' : '';
  return refusal(
    `Stage "${stage}" is not held: it is ${record.status.replace('_', ' ')}.${last}${advice}${others}`,
  );
}
