import { ApplicationFailure } from '@temporalio/common';
import type { Json } from '../shared/json.js';
import { ERROR_TYPE } from '../shared/names.js';
import type { SecretSlot, StageTask } from '../shared/task.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Replaces every secret it knows by `***`. Undefined when there is nothing to hide. */
export type Redact = ((text: string) => string) | undefined;

/** Shorter values would blank out ordinary text and are too short to be secrets. */
const SHORTEST = 4;

/** Reads a secret; throws `SecretMissing` when the definition does not name it or the worker does not have it. */
export function readSecret(name: string, allowed: readonly string[], env: Environment): string {
  if (!allowed.includes(name)) {
    const known = allowed.length === 0 ? 'It names none.' : `It names: ${allowed.join(', ')}.`;
    throw secretMissing(`The secret "${name}" is not listed under \`secrets\` of the definition. ${known}`);
  }
  const value = env[name];
  if (value === undefined || value === '') {
    throw secretMissing(
      `The secret "${name}" is not set. Set the environment variable ${name} where the worker runs, and restart it.`,
    );
  }
  return value;
}

/** `params` with the secrets put into their slots. The task itself is not changed. */
export function fillSecrets(task: StageTask, env: Environment): Json {
  const slots = task.secret_slots;
  if (slots === undefined || slots.length === 0) return task.params;
  const root = { value: structuredClone(task.params) };
  for (const slot of slots) putAt(root, slot, textOf(slot, task.secrets ?? [], env));
  return root.value;
}

/** A redactor for the secrets that this task may use. */
export function redactorFor(task: StageTask, env: Environment): Redact {
  const names = task.secrets;
  if (names === undefined || names.length === 0) return undefined;
  return createRedactor(names.map((name) => env[name] ?? ''));
}

/** Hides each value as it is, as JSON and as part of a URL writes it; of values with line breaks also each line. */
export function createRedactor(values: readonly string[]): Redact {
  const forms = values.flatMap((value) => [value, ...value.split(/\r?\n/).map((line) => line.trim())]);
  const written = forms.flatMap((form) => [form, JSON.stringify(form).slice(1, -1), urlForm(form)]);
  const hidden = [...new Set(written)].filter((form) => form.length >= SHORTEST);
  if (hidden.length === 0) return undefined;
  const longestFirst = hidden.toSorted((a, b) => b.length - a.length);
  const pattern = new RegExp(
    longestFirst.map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'),
    'g',
  );
  return (text) => text.replace(pattern, '***');
}

function urlForm(value: string): string {
  // Through bytes, because a lone surrogate would make encodeURIComponent throw.
  return encodeURIComponent(Buffer.from(value).toString());
}

function textOf(slot: SecretSlot, allowed: readonly string[], env: Environment): string {
  return slot.parts
    .map((part) => (typeof part === 'string' ? part : readSecret(part.secret, allowed, env)))
    .join('');
}

function putAt(root: { value: Json }, slot: SecretSlot, text: string): void {
  const keys = slot.at
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop();
  if (last === undefined) {
    root.value = text;
    return;
  }
  let holder: unknown = root.value;
  for (const key of keys) holder = childOf(holder, key, slot);
  if (childOf(holder, last, slot) === undefined) throw badSlot(slot);
  Reflect.set(Object(holder), last, text);
}

function childOf(holder: unknown, key: string, slot: SecretSlot): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key)) throw badSlot(slot);
  return Reflect.get(holder, key);
}

function badSlot(slot: SecretSlot): ApplicationFailure {
  const message = `The task has no value at "${slot.at}" to put a secret in.`;
  return ApplicationFailure.create({ message, type: ERROR_TYPE.validation, nonRetryable: true });
}

function secretMissing(message: string): ApplicationFailure {
  return ApplicationFailure.create({ message, type: ERROR_TYPE.secretMissing, nonRetryable: true });
}
