import type { JsonObject } from '../../shared/json.js';
import type { Path, Reporter } from '../reporter.js';
import { KIND_KEYS, type KindKey } from '../schema/stage-schema.js';
import { suggest } from '../suggest.js';

/** Keys that only some kinds understand. */
const KEYS_OF_KINDS: Readonly<Record<string, readonly KindKey[]>> = {
  with: ['uses', 'pipeline'],
  env: ['run'],
  cwd: ['run'],
  grace: ['run', 'uses'],
  isolation: ['uses'],
  mode: ['uses'],
  artifacts: ['uses', 'run'],
  cache: ['uses', 'run', 'http'],
  pool: ['uses', 'run', 'http', 'pipeline'],
  task_queue: ['uses', 'run', 'http', 'pipeline', 'wait_for', 'canary'],
};

type StageSource = {
  readonly raw: JsonObject;
  readonly path: Path;
  readonly label: string | null;
  readonly reporter: Reporter;
};

/** What a stage does, from its one kind key. Reports stages that say nothing, or several things, or mix kinds. */
export function readKind(source: StageSource): KindKey | null {
  const { raw, path, label, reporter } = source;
  const kinds = KIND_KEYS.filter((key) => Object.hasOwn(raw, key));
  const [kind, second] = kinds;
  if (kind === undefined) {
    const subject = label === null ? 'a stage does' : 'does';
    const message = `${subject} not say what to do. Give it one of: ${KIND_KEYS.join(', ')}`;
    reporter.report({ code: 'no-kind', path, message, stage: label, suggestion: () => kindSuggestion(raw) });
    return null;
  }
  if (second !== undefined) {
    const subject = label === null ? 'a stage ' : '';
    const message = `${subject}says several things to do: ${kinds.join(', ')}. Keep one`;
    reporter.report({ code: 'several-kinds', path: [...path, second], key: true, message, stage: label });
    return null;
  }
  checkKeysOfKind(kind, source);
  return kind;
}

/** Reports keys that other kinds understand and this one does not. */
export function checkKeysOfKind(kind: KindKey, source: StageSource): void {
  for (const [key, fitting] of Object.entries(KEYS_OF_KINDS)) {
    if (Object.hasOwn(source.raw, key) && !fitting.includes(kind)) reportMisfit(key, kind, fitting, source);
  }
}

function reportMisfit(key: string, kind: KindKey, fitting: readonly KindKey[], source: StageSource): void {
  const hint = key === 'with' && kind === 'run' ? '. Pass values to a command by `env`' : '';
  const message = `\`${key}\` does not fit \`${kind}\` stages; it goes with: ${fitting.join(', ')}${hint}`;
  const { path, label, reporter } = source;
  reporter.report({ code: 'key-not-for-kind', path: [...path, key], key: true, message, stage: label });
}

/** A misspelt kind key is reported as unknown; this says which one the stage lacks because of it. */
function kindSuggestion(raw: JsonObject): string | null {
  for (const key of Object.keys(raw)) {
    const kind = suggest(key, KIND_KEYS);
    if (kind !== null && kind !== key) return kind;
  }
  return null;
}
