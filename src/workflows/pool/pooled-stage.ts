import { CancellationScope, sleep, workflowInfo } from '@temporalio/workflow';
import type { StagePlan } from '../../engine/plan.js';
import { poolOrder } from '../../engine/pool-order.js';
import { retryDelayMs } from '../../engine/retry-delay.js';
import type { AttemptFailure, StageOutcome } from '../../engine/stage-record.js';
import { runsAfterStop, type StopReason } from '../../engine/verdict.js';
import { resolveTemplate } from '../../expressions/template.js';
import { formatDuration } from '../../shared/format-duration.js';
import type { StageTask } from '../../shared/task.js';
import { timeoutOutcome } from '../stage-failure.js';
import type { OnStageEnd, StageRunContext, StageRunner } from '../stages/stage-context.js';
import type { PoolTicket, PoolWish } from './pool-desk.js';

/** So often a service may refuse without an attempt being counted; a history must not grow for ever. */
const MOST_REFUSALS = 100;

/**
 * Runs a stage that needs slots of pools: `runOnce` runs one attempt of it, for which the slots are held. Temporal's own
 * retry could not give them back between attempts, so the workflow waits here by the stage's retry policy. A service that
 * refuses because of its rate closes the key for everybody and costs no attempt.
 */
export function startPooled(
  stage: StagePlan,
  context: StageRunContext,
  onEnd: OnStageEnd,
  runOnce: StageRunner,
): null {
  const wishes = poolOrder(stage.pools, (pool) => context.pools.spec(pool)).map(({ pool, slots, key }) => ({
    pool,
    stage: stage.id,
    slots,
    key: key === null ? '' : keyText(resolveTemplate(key, context.scope).value),
    priority: stage.priority ?? workflowInfo().priority?.priorityKey ?? MIDDLE_PRIORITY,
    asked_at: Date.now(),
  }));
  new PooledStage(stage, context, onEnd, runOnce, wishes).start();
  return null;
}

const MIDDLE_PRIORITY = 3;

class PooledStage {
  readonly #stage: StagePlan;
  readonly #context: StageRunContext;
  readonly #onEnd: OnStageEnd;
  readonly #runOnce: StageRunner;
  readonly #scope = CancellationScope.current();
  #wishes: readonly PoolWish[];
  #tickets: PoolTicket[] = [];
  /** In the line, waiting for the next attempt, running, or done. */
  #state: 'waiting' | 'delayed' | 'running' | 'ended' = 'waiting';
  #stopListening: () => void = () => undefined;
  /** Attempts that count. */
  #attempts = 0;
  #refusals = 0;
  #checkpoint: Pick<StageTask, 'checkpoint'> = {};
  /** The end of `total_timeout`, which runs from the first attempt on. */
  #deadline: number | null = null;
  #limit: CancellationScope | null = null;

  constructor(
    stage: StagePlan,
    context: StageRunContext,
    onEnd: OnStageEnd,
    runOnce: StageRunner,
    wishes: readonly PoolWish[],
  ) {
    this.#stage = stage;
    this.#context = context;
    this.#onEnd = onEnd;
    this.#runOnce = runOnce;
    this.#wishes = wishes;
  }

  start(): void {
    this.#scope.cancelRequested.catch(() => {
      // What runs tells itself how it ended.
      if (this.#state !== 'running') this.#end({ status: 'cancelled', attempts: this.#attempts });
    });
    const stopListening = [
      this.#context.pause.onChange((paused) => {
        if (this.#state !== 'waiting') return;
        if (paused === null) return this.#queue();
        this.#limit?.cancel();
        this.#releaseAll();
      }),
      this.#context.pools.onStop((reason) => this.#stopped(reason)),
    ];
    this.#stopListening = () => {
      for (const stop of stopListening) stop();
    };
    this.#queue();
  }

  /** A stage that no attempt of was made yet does not run any more; one that began goes on to its end. */
  #stopped(reason: StopReason): void {
    const hasBegun = this.#attempts + this.#refusals > 0 || this.#context.isPartOfItem === true;
    if (this.#state !== 'waiting' || hasBegun || runsAfterStop(this.#stage.run_when, reason)) return;
    this.#end({ status: 'cancelled', attempts: 0 });
  }

  /** A paused run leaves the line and takes its old place again when it goes on. */
  #queue(): void {
    this.#state = 'waiting';
    if (this.#context.pause.isOn) return;
    this.#limitWait();
    this.#next();
  }

  /** Asks one pool after the other, in the order that all stages keep, so that no two wait for each other. */
  #next(): void {
    const wish = this.#wishes[this.#tickets.length];
    if (wish === undefined) return this.#enter(() => this.#attempt());
    this.#context.mark(this.#stage, 'waiting', { waitingFor: wordsOf(wish) });
    const ticket = this.#context.pools.ask(wish, () => {
      if (this.#state === 'waiting') this.#next();
    });
    this.#tickets.push(ticket);
  }

  #attempt(): void {
    this.#limit?.cancel();
    this.#limit = null;
    this.#state = 'running';
    const { total_timeout_ms, retry } = this.#stage;
    const now = Date.now();
    if (total_timeout_ms !== null) this.#deadline ??= now + total_timeout_ms;
    const once: StagePlan = {
      ...this.#stage,
      retry: { ...retry, max_attempts: 1 },
      total_timeout_ms: this.#deadline === null ? null : Math.max(this.#deadline - now, 1),
    };
    const attempt = { attempt_offset: this.#attempts, ...this.#checkpoint };
    this.#context.mark(this.#stage, 'running');
    const outcome = this.#runOnce(once, { ...this.#context, attempt }, (_stage, end) => this.#judge(end));
    if (outcome !== null) this.#judge(outcome);
  }

  /** Gives the slots back and decides what comes next. */
  #judge(outcome: StageOutcome): void {
    const { failure } = outcome;
    const isRefused =
      failure?.isRateLimited === true && failure.delayMs !== null && this.#refusals < MOST_REFUSALS;
    if (isRefused) this.#close(Date.now() + (failure.delayMs ?? 0));
    this.#releaseAll();
    if (isRefused) {
      this.#refusals += 1;
      return this.#again(0, failure);
    }
    this.#attempts += 1;
    const { max_attempts } = this.#stage.retry;
    const isOut = max_attempts !== 0 && this.#attempts >= max_attempts;
    if (failure?.isRetryable !== true || isOut) return this.#end(this.#told(outcome));
    const delay = failure.delayMs ?? retryDelayMs(this.#stage.retry, this.#attempts);
    if (this.#deadline !== null && Date.now() + delay >= this.#deadline)
      return this.#end(this.#told(outcome));
    this.#context.journal?.retry(this.#stage, { ...outcome, attempts: this.#attempts }, Date.now() + delay);
    // A new attempt queues behind those who wait already; a refused one keeps its place.
    this.#wishes = this.#wishes.map((wish) => ({ ...wish, asked_at: Date.now() + delay }));
    this.#again(delay, failure);
  }

  #again(delayMs: number, { checkpoint }: AttemptFailure): void {
    this.#state = 'delayed';
    if (checkpoint !== undefined) this.#checkpoint = { checkpoint };
    if (this.#scope.consideredCancelled) return this.#end({ status: 'cancelled', attempts: this.#attempts });
    if (delayMs === 0) return this.#queue();
    this.#context.mark(this.#stage, 'running');
    this.#enter(() => {
      void sleep(delayMs, { summary: `${this.#stage.id}: attempt ${this.#attempts + 1}` }).then(
        () => {
          if (this.#state === 'delayed') this.#queue();
        },
        () => undefined,
      );
    });
  }

  /** The waits for slots are bounded by `queue_timeout` each, and by what is left of `total_timeout` in all. */
  #limitWait(): void {
    const { queue_timeout_ms } = this.#stage;
    const left = this.#deadline === null ? Infinity : Math.max(this.#deadline - Date.now(), 1);
    const limitMs = Math.min(queue_timeout_ms ?? Infinity, left);
    if (limitMs === Infinity) return;
    const limit = new CancellationScope({ cancellable: true, parent: this.#scope });
    this.#limit = limit;
    void limit
      .run(() => sleep(limitMs))
      .then(
        () => this.#giveUp(left <= limitMs),
        () => undefined,
      );
  }

  #giveUp(isTotal: boolean): void {
    if (this.#state !== 'waiting') return;
    const { total_timeout_ms, queue_timeout_ms } = this.#stage;
    const wish = this.#wishes[Math.max(this.#tickets.length - 1, 0)];
    const pool = wish === undefined ? 'a pool' : wordsOf(wish);
    const message = isTotal
      ? `it did not end within ${formatDuration(total_timeout_ms ?? 0)} over all attempts (total_timeout); it waited for ${pool}`
      : `it got no slot of ${pool} within ${formatDuration(queue_timeout_ms ?? 0)} (queue_timeout); see who holds it: sluice pools`;
    this.#end(timeoutOutcome(this.#stage, message, this.#attempts));
  }

  /** The attempt only knew what was left of the time, and of the attempts. */
  #told(outcome: StageOutcome): StageOutcome {
    const { total_timeout_ms } = this.#stage;
    const isOver = this.#deadline !== null && Date.now() >= this.#deadline;
    if (!isOver || outcome.status !== 'timed_out') return { ...outcome, attempts: this.#attempts };
    const message = `it did not end within ${formatDuration(total_timeout_ms ?? 0)} over all attempts (total_timeout)`;
    return timeoutOutcome(this.#stage, message, this.#attempts);
  }

  /** Where a stage needs several pools, a refusal is about those that have a rate. */
  #close(until: number): void {
    const hasRate = (wish: PoolWish): boolean => this.#context.pools.spec(wish.pool).rate !== null;
    const isAny = !this.#wishes.some(hasRate);
    for (const [i, wish] of this.#wishes.entries())
      if (isAny || hasRate(wish)) this.#tickets[i]?.close(until);
  }

  #releaseAll(): void {
    for (const ticket of this.#tickets) ticket.release();
    this.#tickets = [];
  }

  #end(outcome: StageOutcome): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#stopListening();
    this.#limit?.cancel();
    this.#releaseAll();
    this.#onEnd(this.#stage, outcome);
  }

  /** Grants arrive outside of the stage's scope, and what runs must be cancelled with it. */
  #enter(work: () => void): void {
    if (CancellationScope.current() === this.#scope) work();
    else void this.#scope.run(async () => work());
  }
}

function keyText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function wordsOf({ pool, key }: PoolWish): string {
  return key === '' ? `pool "${pool}"` : `pool "${pool}", key "${key}"`;
}
