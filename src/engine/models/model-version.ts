import type { JsonObject } from '../../shared/json.js';
import type { ArtifactRef } from '../../shared/task.js';

/** The stage of a run that did something to a model. */
export type ModelRun = {
  readonly workflow_id: string;
  readonly run_id: string;
  readonly stage: string;
};

/** What a version is, as it was registered; it never changes. Times are ISO 8601 in UTC. */
export type ModelVersion = {
  readonly version: string;
  readonly description: string | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly parameters: JsonObject;
  readonly data_fingerprint: string | null;
  /** Where the model itself is kept; null for one that is kept elsewhere. */
  readonly artifact: ArtifactRef | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Where it comes from; null where a person registered it. */
  readonly run: ModelRun | null;
  readonly registered_at: string;
  readonly registered_by: string;
};

/**
 * - `ready`: it may be moved to wherever it is wanted.
 * - `failed`: it was found to be no good, so that no usual alias may name it.
 */
export type ModelVersionStatus = 'ready' | 'failed';

/** A version with what has become of it since. */
export type ModelVersionView = ModelVersion & {
  readonly status: ModelVersionStatus;
  /** Why it failed; null for one that is ready. */
  readonly status_reason: string | null;
  /** Names that mean this version now. */
  readonly aliases: readonly string[];
};

/** The part of a version that is given; the rest is known when it is registered. */
export type ModelContent = Omit<ModelVersion, 'registered_at' | 'registered_by' | 'run'>;

/** Asks for a version to be kept. What is left out is empty. */
export type RegisterRequest = Partial<Omit<ModelContent, 'version'>> & {
  readonly version: string;
  readonly by: string;
  readonly run?: ModelRun | null;
};

/** What a request gives, with nothing left out and nothing more. */
export function contentOf(request: RegisterRequest): ModelContent {
  const { version, description, metrics, parameters, data_fingerprint, artifact, labels } = request;
  return {
    version,
    description: description ?? null,
    metrics: metrics ?? {},
    parameters: parameters ?? {},
    data_fingerprint: data_fingerprint ?? null,
    artifact: artifact ?? null,
    labels: labels ?? {},
  };
}

/** A model may be called this; so may a version and an alias, which may hold a `+` as well. */
const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/;

/** Larger reports belong into an artifact: every version is kept for good. */
const MOST_CHARACTERS = 16_000;

/** What is wrong with the name of a model, or null. */
export function modelNameProblem(name: unknown): string | null {
  if (typeof name === 'string' && MODEL_NAME.test(name)) return null;
  return `a model cannot be named ${shown(name)}: use up to 100 letters, digits, ".", "_" and "-", and begin with a letter or digit`;
}

/** What is wrong with the name of a version or an alias, or null. */
export function nameProblem(what: 'a version' | 'an alias', name: unknown): string | null {
  if (typeof name === 'string' && NAME.test(name)) return null;
  return `${what} cannot be named ${shown(name)}: use up to 100 letters, digits, ".", "_", "+" and "-", and begin with a letter or digit`;
}

/** What is wrong with what somebody gives as text that people are to read, or null. */
export function wordsProblem(what: string, words: unknown): string | null {
  if (typeof words !== 'string' || words.trim() === '') return `it does not say ${what}`;
  if (words.length > LONGEST_WORDS) return `what says ${what} is longer than ${LONGEST_WORDS} characters`;
  return null;
}

const LONGEST_WORDS = 2_000;

/** What is wrong with a request that may come from anywhere, or null. */
export function registerProblem(request: RegisterRequest): string | null {
  return (
    nameProblem('a version', request.version) ??
    wordsProblem('who registers it', request.by) ??
    metricsProblem(contentOf(request).metrics) ??
    shapeProblem(contentOf(request)) ??
    sizeProblem('a version', request)
  );
}

/** Says that something is too long to be kept for good, or null. */
export function sizeProblem(what: string, value: unknown): string | null {
  const size = JSON.stringify(value).length;
  if (size <= MOST_CHARACTERS) return null;
  return `${what} may take ${MOST_CHARACTERS} characters as JSON, this one takes ${size}; keep what is large as an artifact`;
}

function metricsProblem(metrics: unknown): string | null {
  if (!isRecord(metrics)) return '`metrics` must be an object of numbers';
  const wrong = Object.entries(metrics).find(([, value]) => typeof value !== 'number');
  return wrong === undefined ? null : `the metric "${wrong[0]}" must be a number, got ${shown(wrong[1])}`;
}

function shapeProblem({ parameters, labels, artifact }: ModelContent): string | null {
  if (!isRecord(parameters)) return '`parameters` must be an object';
  if (!isRecord(labels) || Object.values(labels).some((label) => typeof label !== 'string')) {
    return '`labels` must be an object of texts';
  }
  // Whoever sends it need not keep to its type.
  const sha256: unknown = artifact?.sha256;
  if (artifact === null || (typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256))) return null;
  return '`artifact` must be null or name an object of the store by its `sha256`';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value.slice(0, 120)}"` : `\`${String(value)}\` (${typeof value})`;
}
