import { isoTime } from '../../engine/stage-record.js';
import type { AmendRunMessage } from '../messages.js';
import { INSTANT_FORM, isInstant } from '../../shared/instant.js';
import { MOST_RUNNING } from '../history-limits.js';
import { byWhom, checkSteer } from './check-steer.js';
import { refusal } from './refusal.js';
import type { SteeredRun } from './steered-run.js';
import type { AmendableHeader } from './steering.js';

export function checkAmendRun(run: SteeredRun, message: unknown): void {
  checkSteer(message);
  const { max_parallel_stages: most, deadline_ms, deadline_at, failure } = message as Record<string, unknown>;
  if ([most, deadline_ms, deadline_at, failure].every((value) => value === undefined)) {
    throw refusal(
      'The message changes nothing: give `max_parallel_stages`, `deadline_ms`, `deadline_at` or `failure`.',
    );
  }
  if (most !== undefined && most !== null && !(Number.isInteger(most) && Number(most) >= 1)) {
    throw refusal(`\`max_parallel_stages\` must be a whole number of at least 1, got \`${shown(most)}\`.`);
  }
  if (failure !== undefined && failure !== 'fail_fast' && failure !== 'continue') {
    throw refusal(`\`failure\` must be fail_fast or continue, got \`${shown(failure)}\`.`);
  }
  if (deadline_ms !== undefined) checkDeadline(run, deadline_ms);
  if (deadline_at !== undefined) checkInstant(deadline_at);
  if (run.ledger.isComplete) throw refusal('It is too late to change the run: all its stages have ended.');
  const { stopped } = run.ledger;
  if (stopped !== null) {
    throw refusal(`It is too late to change the run: it has ${ENDING[stopped]} and is ending.`);
  }
}

const ENDING = {
  failed: 'failed',
  timed_out: 'timed out',
  cancelled: 'been cancelled',
  after_wave: 'been cancelled after the wave',
} as const;

export function amendRun(run: SteeredRun, message: AmendRunMessage): void {
  const { header } = run.steering;
  const changed = changedKeys(message);
  for (const [key, after] of Object.entries(changed)) {
    const before = header[key as keyof AmendableHeader] ?? null;
    if (before === null && after === null && key.startsWith('deadline')) continue;
    run.steering.changes.add(message, key, { before, after });
  }
  const { by: _by, reason: _reason, ...asked } = message;
  run.notes.add(`${Object.keys(asked).join(', ')} changed by ${byWhom(message)}`);
  run.steering.amend(changed);
  const { failure, max_parallel_stages } = run.steering.header;
  run.ledger.amendRun({ failure, maxRunning: Math.min(max_parallel_stages ?? MOST_RUNNING, MOST_RUNNING) });
  if ('deadline_ms' in changed) {
    run.steering.deadlines.watchRun(run.steering.header, run.startedAt);
    run.steering.predict(run.ledger);
  }
  run.pump();
}

function changedKeys(message: AmendRunMessage): Partial<AmendableHeader> {
  const { max_parallel_stages, deadline_ms, deadline_at, failure } = message;
  return {
    ...(max_parallel_stages === undefined ? {} : { max_parallel_stages }),
    // One replaces the other.
    ...(deadline_ms === undefined ? {} : { deadline_ms, deadline_at: null }),
    ...(deadline_at === undefined ? {} : { deadline_at, deadline_ms: null }),
    ...(failure === undefined ? {} : { failure }),
  };
}

function checkDeadline(run: SteeredRun, deadline: unknown): void {
  if (typeof deadline !== 'number' || !Number.isFinite(deadline) || deadline <= 0) {
    throw refusal(`\`deadline_ms\` must be milliseconds above 0, got \`${shown(deadline)}\`.`);
  }
  const at = run.startedAt + deadline;
  if (at > Date.now()) return;
  throw refusal(
    `A deadline is counted from the start of the run (${isoTime(run.startedAt)}), so this one would have passed at ${isoTime(at)}.`,
  );
}

function checkInstant(deadline: unknown): void {
  if (typeof deadline !== 'string' || !isInstant(deadline)) {
    throw refusal(`\`deadline_at\` must be ${INSTANT_FORM}, got \`${shown(deadline)}\`.`);
  }
  if (Date.parse(deadline) <= Date.now()) throw refusal(`The deadline ${deadline} has passed already.`);
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
