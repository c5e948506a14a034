import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  MarkRequest,
  MoveAnswer,
  MoveRequest,
  RollBackRequest,
} from '../../engine/models/model-event.js';
import { emptyModel, type ModelState } from '../../engine/models/model-state.js';
import { ModelBook } from '../../engine/models/model-book.js';
import { type ModelRefusal, refuse } from '../../engine/models/model-refusal.js';
import { contentOf, type RegisterRequest } from '../../engine/models/model-version.js';
import { resetBudget } from '../../expressions/budget.js';
import { hashJson } from '../../expressions/hash.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { checkArtifact, checkNewArtifact } from './check-artifact.js';
import type { MarkAnswer, RegisterAnswer, RollbackQuestion, RollbackTarget } from './messages.js';
import { ModelPages } from './model-pages.js';
import { describeModel, publishModel } from './publish-model.js';

/** Begins empty, or goes on in a new history. */
export type ModelInput = {
  readonly model: string;
  readonly carried?: ModelState;
  /** Given by tests only. @default 2,000 */
  readonly continue_at_events?: number;
};

const CONTINUE_AT_EVENTS = 2_000;
const CONTINUE_AT_BYTES = 8_000_000;

/** The first version comes with the start; a model that has none by then was refused it, and ends. */
const EMPTY_FOR = '1m';

/** Long enough to tell contents apart, and not as long as what names an object of the store. */
const DIGEST_LENGTH = 32;

/** Joins the book of a model, which decides, with the store and with those who ask. */
export class ModelKeeper {
  readonly book: ModelBook;
  readonly #input: ModelInput;
  readonly #pages: ModelPages;
  #isDue = true;
  #isClosing = false;

  constructor(input: ModelInput) {
    this.#input = input;
    this.book = new ModelBook(input.carried ?? emptyModel(input.model, Date.now()));
    describeModel(this.book);
    this.#pages = new ModelPages(input.model, this.book, () => this.#wake());
  }

  checkRegister(request: RegisterRequest): void {
    this.#allow(() => this.book.registerRefusal(request, digestOf(request)));
  }

  async register(request: RegisterRequest): Promise<RegisterAnswer> {
    const { model } = this.#input;
    const { version, artifact = null } = request;
    const digest = digestOf(request);
    // One that is there already was looked at when it came.
    const isNew = this.book.find({ version }) === null;
    this.#require(isNew ? await checkNewArtifact(model, version, artifact) : null, version);
    // Another one may have taken the name meanwhile.
    this.#refuse(this.book.registerRefusal(request, digest));
    const registered = this.book.register(request, digest, Date.now());
    this.#wake();
    return { model, version, registered };
  }

  checkMove(request: MoveRequest): void {
    this.#allow(() => this.book.moveRefusal(request));
  }

  /** Whoever comes second while the artifact is looked at finds the alias moved, and is refused. */
  async move(given: MoveRequest): Promise<MoveAnswer> {
    const request = this.#expecting(given);
    if (request.version !== null) await this.#requireArtifact(request.version);
    this.#refuse(this.book.moveRefusal(request));
    const answer = this.book.move(request, Date.now());
    this.#wake();
    return answer;
  }

  checkRollBack(request: RollBackRequest): void {
    this.#allow(() => this.book.rollBackRefusal(request));
  }

  async rollBack(given: RollBackRequest): Promise<MoveAnswer> {
    const request = this.#expecting(given);
    const first = this.book.rollBackTarget(request);
    if (typeof first === 'string') await this.#requireArtifact(first);
    const target = this.book.rollBackTarget(request);
    if (typeof target !== 'string') throw this.#failure(target);
    const answer = this.book.rollBack(request, target, Date.now());
    this.#wake();
    return answer;
  }

  rollbackTarget(question: RollbackQuestion): RollbackTarget {
    const target = this.book.rollBackTarget({ ...question, by: 'a question', reason: 'a question' });
    return typeof target === 'string' ? { version: target } : { refusal: target };
  }

  checkMark(request: MarkRequest): void {
    this.#allow(() => this.book.markRefusal(request));
  }

  mark(request: MarkRequest): MarkAnswer {
    const changed = this.book.mark(request, Date.now());
    this.#wake();
    return { model: this.#input.model, version: request.version, changed };
  }

  /** For good, in one history after the other. */
  async keep(): Promise<void> {
    for (;;) {
      this.#isDue = false;
      publishModel(this.book);
      if (this.#mustContinue()) return this.#continue();
      this.#pages.turn();
      // One step after the other: this is the loop of the workflow.
      // oxlint-disable-next-line no-await-in-loop
      const isOver = await this.#sleep();
      if (isOver) return;
    }
  }

  /** Until something is to be done. True when the model was never given a version. */
  async #sleep(): Promise<boolean> {
    if (!this.book.isEmpty) {
      await condition(() => this.#isDue);
      return false;
    }
    const isAwake = await condition(() => this.#isDue, EMPTY_FOR);
    return !isAwake && this.book.isEmpty && allHandlersFinished();
  }

  #wake(): void {
    this.#isDue = true;
  }

  /** What an alias means when the request arrives is what whoever made it has seen. */
  #expecting<R extends MoveRequest | RollBackRequest>(request: R): R {
    if (request.expected !== undefined) return request;
    const now = this.book.view().aliases.find(({ alias }) => alias === request.alias);
    return { ...request, expected: now?.version ?? null };
  }

  async #requireArtifact(version: string): Promise<void> {
    const found = this.book.find({ version });
    if (found !== null) this.#require(await checkArtifact(this.#input.model, found), version);
  }

  #require(problem: string | null, version: string): void {
    if (problem !== null)
      throw this.#failure(refuse('wrong_artifact', `the artifact of "${version}": ${problem}`));
  }

  /** Validates before anything reaches the history; a request that has no shape at all is refused too. */
  #allow(judge: () => ModelRefusal | null): void {
    if (this.#isClosing) throw this.#failure(refuse('busy', 'it goes on in a new history; ask again.'));
    let found: ModelRefusal | null;
    try {
      found = judge();
    } catch {
      found = refuse('bad_request', 'the request lacks what it needs.');
    }
    this.#refuse(found);
  }

  #refuse(found: ModelRefusal | null): void {
    if (found !== null) throw this.#failure(found);
  }

  #failure({ code, message }: ModelRefusal): ApplicationFailure {
    return ApplicationFailure.nonRetryable(
      `model "${this.#input.model}": ${message}`,
      ERROR_TYPE.modelRefused,
      {
        code,
      },
    );
  }

  #mustContinue(): boolean {
    const { historyLength, historySize } = workflowInfo();
    const limit = this.#input.continue_at_events ?? CONTINUE_AT_EVENTS;
    return historyLength >= limit || historySize >= CONTINUE_AT_BYTES;
  }

  async #continue(): Promise<never> {
    this.#isClosing = true;
    await condition(() => allHandlersFinished() && !this.#pages.isTurning);
    publishModel(this.book);
    return continueAsNew<(input: ModelInput) => Promise<void>>({ ...this.#input, carried: this.book.state });
  }
}

function digestOf(request: RegisterRequest): string {
  // Hashing counts its steps, as within an expression, where what came before would count too.
  resetBudget();
  return hashJson({ ...contentOf(request) }).slice(0, DIGEST_LENGTH);
}
