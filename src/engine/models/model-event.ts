import type { Json } from '../../shared/json.js';
import type { ModelRun, ModelVersionStatus } from './model-version.js';

/** One thing that happened to a model. Times are ISO 8601 in UTC. */
export type ModelEvent = RegisteredEvent | MarkedEvent | MovedEvent;

type Happened = {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly at: string;
  /** Who did it: a person, or the stage of a run. */
  readonly by: string;
  readonly run: ModelRun | null;
};

/** A version was added. */
export type RegisteredEvent = Happened & { readonly kind: 'registered'; readonly version: string };

/** A version was found to be no good, or good after all. */
export type MarkedEvent = Happened & {
  readonly kind: 'marked';
  readonly version: string;
  readonly status: ModelVersionStatus;
  readonly reason: string;
  /** What speaks for it, such as the values of a canary; absent where nothing was given. */
  readonly evidence?: Json;
};

/** An alias means something else than before. */
export type MovedEvent = Happened & {
  readonly kind: 'moved';
  readonly alias: string;
  /** Null: it means nothing any more. */
  readonly version: string | null;
  /** What it meant before; null for nothing. */
  readonly previous: string | null;
  readonly how: MoveKind;
  readonly reason: string;
  /** What speaks for it, such as the values of a canary. */
  readonly evidence: Json;
  /** What asked for it; absent where that cannot ask twice. */
  readonly request?: string;
};

/**
 * - `move`: somebody wanted it there.
 * - `rollback`: it went back to what it meant before.
 * - `followed`: its version became `production`, so that it is on the way there no longer.
 */
export type MoveKind = 'move' | 'rollback' | 'followed';

type Wish = {
  readonly alias: string;
  /** What it is thought to mean now; null for nothing. Anything else refuses the move. @default whatever it means */
  readonly expected?: string | null;
  readonly by: string;
  readonly reason: string;
  readonly evidence?: Json;
  readonly run?: ModelRun | null;
  /** The same for every attempt to do this: a second one changes nothing and gives the answer of the first. */
  readonly request?: string;
};

/** Asks for an alias to mean a version, or with null nothing any more. */
export type MoveRequest = Wish & { readonly version: string | null };

/** Asks for an alias to mean again what it meant before. `to` @default what it meant last that did not fail */
export type RollBackRequest = Wish & { readonly to?: string };

/** Says that a version is no good, or good after all. */
export type MarkRequest = {
  readonly version: string;
  readonly status: ModelVersionStatus;
  readonly by: string;
  readonly reason: string;
  readonly evidence?: Json;
  readonly run?: ModelRun | null;
};

/** What a move did. */
export type MoveAnswer = {
  readonly model: string;
  readonly alias: string;
  readonly version: string | null;
  readonly previous: string | null;
};
