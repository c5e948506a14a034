import { isoTime } from '../stage-record.js';
import { type AliasState, beforeAfter, shownAlias } from './alias-state.js';
import { moveRefusal, rollbackTarget, type Standing } from './check-move.js';
import type {
  MarkedEvent,
  MarkRequest,
  ModelEvent,
  MoveAnswer,
  MovedEvent,
  MoveKind,
  MoveRequest,
  RegisteredEvent,
  RollBackRequest,
} from './model-event.js';
import { type ModelRefusal, refuse } from './model-refusal.js';
import type {
  FoundVersion,
  ModelPage,
  ModelPageContent,
  ModelRecords,
  ModelState,
  ModelView,
  VersionStanding,
} from './model-state.js';
import {
  contentOf,
  type ModelVersion,
  registerProblem,
  type RegisterRequest,
  sizeProblem,
  wordsProblem,
} from './model-version.js';

/** What there is of a version without reading a page. */
type Entry = { readonly digest: string; readonly page: number | null };

/** Records that stay when others go to a page: what people ask for most. */
const KEPT_VERSIONS = 50;
const KEPT_EVENTS = 100;

const LISTED = 5;

/**
 * The book of one model: its versions, what its aliases mean, and all that happened to it. Every change is asked for
 * first (`…Refusal`), so that what is refused leaves no trace.
 */
export class ModelBook {
  readonly #model: string;
  readonly #createdAt: string;
  readonly #index: Map<string, Entry>;
  readonly #failed: Map<string, string>;
  readonly #aliases: Map<string, AliasState>;
  #versions: readonly ModelVersion[];
  #events: readonly ModelEvent[];
  #pages: readonly ModelPage[];
  #seq: number;

  constructor(state: ModelState) {
    this.#model = state.model;
    this.#createdAt = state.created_at;
    this.#index = new Map(state.index.map(([version, digest, page]) => [version, { digest, page }]));
    this.#failed = new Map(state.failed);
    this.#aliases = new Map(state.aliases.map((alias) => [alias.alias, alias]));
    this.#versions = state.versions;
    this.#events = state.events;
    this.#pages = state.pages;
    this.#seq = state.seq;
  }

  get isEmpty(): boolean {
    return this.#index.size === 0;
  }

  /** Null also for a version that is registered already with the same content. */
  registerRefusal(request: RegisterRequest, digest: string): ModelRefusal | null {
    const problem = registerProblem(request);
    if (problem !== null) return refuse('bad_request', `${problem}.`);
    const known = this.#index.get(request.version);
    if (known === undefined || known.digest === digest) return null;
    const message = `there is a version "${request.version}" already, with another content. Versions never change: give the new one another name.`;
    return refuse('version_taken', message);
  }

  /** Adds a version; false when it was there already. */
  register(request: RegisterRequest, digest: string, now: number): boolean {
    const { version, by, run = null } = request;
    if (this.#index.has(version)) return false;
    const at = isoTime(now);
    this.#index.set(version, { digest, page: null });
    const record = { ...contentOf(request), run, registered_at: at, registered_by: by };
    this.#versions = [...this.#versions, record];
    const event: RegisteredEvent = { kind: 'registered', seq: this.#next(), at, by, run, version };
    this.#events = [...this.#events, event];
    return true;
  }

  moveRefusal(request: MoveRequest): ModelRefusal | null {
    if (this.#answerOf(request) !== null) return null;
    return moveRefusal(request, this.#standing(request.alias));
  }

  move(request: MoveRequest, now: number): MoveAnswer {
    return this.#answerOf(request) ?? this.#move(request, 'move', now);
  }

  rollBackRefusal(request: RollBackRequest): ModelRefusal | null {
    const target = this.rollBackTarget(request);
    return typeof target === 'string' ? null : target;
  }

  /** The version that a rollback goes to, or why there is none. */
  rollBackTarget(request: RollBackRequest): string | ModelRefusal {
    const answer = this.#answerOf(request);
    if (answer !== null) return answer.version ?? '';
    return rollbackTarget(request, this.#standing(request.alias));
  }

  /** Moves back to a version that {@link rollBackTarget} gave. */
  rollBack(request: RollBackRequest, target: string, now: number): MoveAnswer {
    return this.#answerOf(request) ?? this.#move({ ...request, version: target }, 'rollback', now);
  }

  markRefusal({ version, status, by, reason, evidence }: MarkRequest): ModelRefusal | null {
    const unfit =
      wordsProblem('who marks it', by) ??
      wordsProblem('why', reason) ??
      sizeProblem('a mark', [version, reason, evidence ?? null]);
    if (unfit !== null) return refuse('bad_request', `${unfit}.`);
    const { has, latest } = this.#standing('production');
    if (!has(version))
      return refuse(
        'version_not_found',
        `there is no version "${version}". The latest are: ${latest.join(', ')}.`,
      );
    const usual = this.#aliasesOf(version).filter((alias) => alias === 'production');
    if (status !== 'failed' || usual.length === 0) return null;
    return refuse('already_live', `"${version}" is in production. Roll back first, then mark it as failed.`);
  }

  /** A version that fails is no longer on its way to production. False when nothing changed. */
  mark({ version, status, run = null, ...why }: MarkRequest, now: number): boolean {
    const { by, reason } = why;
    if (this.#standingOf(version).status === status) return false;
    if (status === 'failed') this.#failed.set(version, reason);
    else this.#failed.delete(version);
    const at = isoTime(now);
    const event: MarkedEvent = { kind: 'marked', seq: this.#next(), at, run, version, status, ...why };
    this.#events = [...this.#events, event];
    if (status === 'failed') this.#leaveTheWay(version, { by, reason: `it failed: ${reason}`, run }, now);
    return true;
  }

  /** The version of a name, or the one that an alias means; null when there is none. */
  find(what: { readonly version: string } | { readonly alias: string }): FoundVersion | null {
    const name = 'version' in what ? what.version : (this.#aliases.get(what.alias)?.version ?? null);
    const entry = name === null ? undefined : this.#index.get(name);
    if (name === null || entry === undefined) return null;
    const standing = this.#standingOf(name);
    const page = entry.page === null ? undefined : this.#pages[entry.page];
    if (page !== undefined) return { page, name, standing };
    const record = this.#versions.find(({ version }) => version === name);
    return record === undefined ? null : { version: { ...record, ...standing } };
  }

  view(): ModelView {
    return {
      model: this.#model,
      versions: this.#index.size,
      latest: this.#latest(1)[0] ?? null,
      aliases: [...this.#aliases.values()].map(shownAlias),
      created_at: this.#createdAt,
      updated_at: this.#events.at(-1)?.at ?? this.#pages.at(-1)?.to ?? this.#createdAt,
    };
  }

  /** What is in no page, for whoever reads the pages himself. */
  records(): ModelRecords {
    const { versions, events, pages, failed } = this.state;
    return { versions, events, pages, failed, aliases: this.view().aliases };
  }

  /** Records that may go to a page. The newest stay. */
  outgrown(): ModelPageContent {
    return {
      versions: this.#versions.slice(0, Math.max(this.#versions.length - KEPT_VERSIONS, 0)),
      events: this.#events.slice(0, Math.max(this.#events.length - KEPT_EVENTS, 0)),
    };
  }

  /** These records are in the store now. What was added since {@link outgrown} stays. */
  turnPage(page: ModelPage, { versions, events }: ModelPageContent): void {
    const number = this.#pages.length;
    this.#pages = [...this.#pages, page];
    for (const { version } of versions) {
      const entry = this.#index.get(version);
      if (entry !== undefined) this.#index.set(version, { ...entry, page: number });
    }
    this.#versions = this.#versions.slice(versions.length);
    this.#events = this.#events.slice(events.length);
  }

  get state(): ModelState {
    return {
      model: this.#model,
      created_at: this.#createdAt,
      index: [...this.#index].map(([version, { digest, page }]) => [version, digest, page]),
      failed: [...this.#failed],
      aliases: [...this.#aliases.values()],
      versions: this.#versions,
      events: this.#events,
      pages: this.#pages,
      seq: this.#seq,
    };
  }

  #next(): number {
    this.#seq += 1;
    return this.#seq;
  }

  /** What a request was answered that is made a second time, because its answer was lost. */
  #answerOf({ request }: MoveRequest | RollBackRequest): MoveAnswer | null {
    if (request === undefined) return null;
    const made = this.#events.findLast((event) => event.kind === 'moved' && event.request === request);
    if (made?.kind !== 'moved') return null;
    const { alias, version, previous } = made;
    return { model: this.#model, alias, version, previous };
  }

  #move(request: MoveRequest, how: MoveKind, now: number): MoveAnswer {
    const { alias, version, by, reason, evidence = null, run = null } = request;
    const state = this.#aliases.get(alias);
    const previous = state?.version ?? null;
    const at = isoTime(now);
    const before = beforeAfter(state, version, how);
    this.#aliases.set(alias, { alias, version, previous, since: at, by, reason, before });
    const event: MovedEvent = {
      kind: 'moved',
      seq: this.#next(),
      at,
      by,
      run,
      alias,
      version,
      previous,
      how,
      reason,
      evidence,
      ...(request.request === undefined ? {} : { request: request.request }),
    };
    this.#events = [...this.#events, event];
    if (alias === 'production' && version !== null)
      this.#leaveTheWay(version, { by, reason: 'it became production', run }, now);
    return { model: this.#model, alias, version, previous };
  }

  /** Takes a version off the aliases that lead to production. */
  #leaveTheWay(
    version: string,
    why: Pick<MoveRequest, 'by' | 'reason'> & Pick<MarkRequest, 'run'>,
    now: number,
  ): void {
    for (const alias of ['staging', 'canary']) {
      if (this.#aliases.get(alias)?.version !== version) continue;
      const { by, reason, run = null } = why;
      this.#move({ alias, version: null, by, reason, run }, 'followed', now);
    }
  }

  #standing(alias: string): Standing {
    return {
      alias: this.#aliases.get(alias) ?? null,
      production: this.#aliases.get('production')?.version ?? null,
      has: (version) => this.#index.has(version),
      failure: (version) => this.#failed.get(version) ?? null,
      latest: this.#latest(LISTED),
    };
  }

  #standingOf(version: string): VersionStanding {
    const reason = this.#failed.get(version) ?? null;
    return {
      status: reason === null ? 'ready' : 'failed',
      status_reason: reason,
      aliases: this.#aliasesOf(version),
    };
  }

  #aliasesOf(version: string): readonly string[] {
    return [...this.#aliases.values()].filter((alias) => alias.version === version).map(({ alias }) => alias);
  }

  /** Newest first. */
  #latest(count: number): readonly string[] {
    return [...this.#index.keys()].slice(-count).toReversed();
  }
}
