import type { Amendment, Steer } from '../../engine/steering.js';
import { isJsonObject } from '../../shared/json.js';
import type { AmendMessage } from '../messages.js';
import { amendRun, checkAmendRun } from './amend-run.js';
import { amendStage, checkAmendStage, checkSetVariable, setVariable } from './amend.js';
import { checkSteer } from './check-steer.js';
import { refusal } from './refusal.js';
import type { SteeredRun } from './steered-run.js';

/** Refuses a message unless every one of its changes can be made, and says of each that cannot why. */
export function checkAmend(run: SteeredRun, message: unknown): void {
  checkSteer(message);
  const { variables = {}, run: ofRun, stages = {} } = message as Steer & { readonly [key: string]: unknown };
  if (!isJsonObject(variables) || !isJsonObject(stages)) {
    throw refusal('`variables` and `stages` must be objects of names and changes.');
  }
  const who = steerOf(message);
  const checks = [
    ...Object.entries(variables).map(
      ([name, value]) =>
        () =>
          checkSetVariable(run, { ...who, name, value }),
    ),
    ...Object.entries(stages).map(
      ([stage, change]) =>
        () =>
          checkAmendStage(run, { ...changeOf(change, `stages.${stage}`), ...who, stage }),
    ),
    ...(ofRun === undefined ? [] : [() => checkAmendRun(run, { ...changeOf(ofRun, 'run'), ...who })]),
  ];
  if (checks.length === 0) {
    throw refusal('The message changes nothing: give `variables`, `stages` or `run`.');
  }
  const problems = checks.flatMap(problemOf);
  const [only] = problems;
  if (only === undefined) return;
  if (problems.length === 1) throw only;
  throw refusal(`Nothing was changed. ${problems.map(({ message: text }) => text).join(' ')}`);
}

/** Makes changes that belong together, and gives what each one was and is. */
export function amendTogether(run: SteeredRun, message: AmendMessage): readonly Amendment[] {
  const { variables = {}, stages = {}, run: ofRun } = message;
  const who = steerOf(message);
  const before = run.steering.changes.amendments.length;
  for (const [name, value] of Object.entries(variables)) setVariable(run, { ...who, name, value });
  for (const [stage, change] of Object.entries(stages)) amendStage(run, { ...change, ...who, stage });
  // Last, because it may start stages.
  if (ofRun !== undefined) amendRun(run, { ...ofRun, ...who });
  return run.steering.changes.amendments.slice(before);
}

function steerOf({ by, reason = null }: Steer): Steer {
  return { by, reason };
}

function changeOf(change: unknown, where: string): object {
  if (isJsonObject(change)) return change;
  throw refusal(`\`${where}\` must be an object of changes.`);
}

function problemOf(check: () => void): readonly Error[] {
  try {
    check();
    return [];
  } catch (error) {
    return [error instanceof Error ? error : new Error(String(error))];
  }
}
