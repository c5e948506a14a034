import {
  CancellationScope,
  type ChildWorkflowHandle,
  ChildWorkflowCancellationType,
  isCancellation,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { CoordinatorInput } from '../../engine/map-coordination.js';
import type { HoldReport, UnitDecision } from '../../engine/held-unit.js';
import { liveItems } from '../../engine/live-items.js';
import { streamedStage } from '../../engine/map-plan.js';
import type { ItemSource, MapProgress } from '../../engine/map-shard.js';
import type { StagePlan } from '../../engine/plan.js';
import type { ItemSummary } from '../../engine/result.js';
import type { StageOutcome, StageRecord } from '../../engine/stage-record.js';
import { streamEnd } from '../../engine/stream-end.js';
import { MAP_WORKFLOW } from '../../shared/names.js';
import { summaryOf } from '../activity-options.js';
import { cancelAfterWaveSignal } from '../messages.js';
import { failedOutcome } from '../stage-failure.js';
import { passPauseOn } from '../steering/pass-pause-on.js';
import type { OnStageEnd, StageRunContext } from '../stages/stage-context.js';
import { endedFromOutside } from './ended-from-outside.js';
import { ItemHolds } from './item-holds.js';
import type { LiveMap } from './map-host.js';
import { mapOrigin } from './map-origin.js';
import { mapDecidedSignal, streamEndedSignal } from './messages.js';

type Coordinator = (input: CoordinatorInput) => Promise<StageOutcome>;

/** A map that is too large for the workflow of its run: one child workflow divides it and gives the stage's outcome. */
export class ShardedMap implements LiveMap {
  readonly #stage: StagePlan;
  readonly #context: StageRunContext;
  readonly #source: ItemSource;
  readonly #onEnd: OnStageEnd;
  readonly #startedAt = Date.now();
  /** What is held later belongs to the same scope as what runs. */
  readonly #scope = CancellationScope.current();
  /** Null where failed items do not wait. */
  readonly #holds: ItemHolds | null;
  #coordinator: ChildWorkflowHandle<Coordinator> | null = null;
  #isStopping = false;
  #report: MapProgress | null = null;

  constructor(stage: StagePlan, context: StageRunContext, source: ItemSource, onEnd: OnStageEnd) {
    this.#stage = stage;
    this.#context = context;
    this.#source = source;
    this.#onEnd = onEnd;
    const mayHold = stage.hold !== null && source.type !== 'stream' && context.holds.mayHold(stage);
    this.#holds = mayHold ? new ItemHolds(stage, context, (decision) => this.#decide(decision)) : null;
  }

  start(): null {
    this.#context.maps.add(this.#stage.id, this);
    void this.#run().then(
      (outcome) => this.#end(outcome),
      (error: unknown) => this.#end(this.#broken(error)),
    );
    return null;
  }

  stopStarting(): void {
    this.#isStopping = true;
    void this.#coordinator?.signal(cancelAfterWaveSignal).catch(() => undefined);
  }

  progress(report: MapProgress): void {
    this.#report = report;
  }

  holds(report: HoldReport): void {
    void this.#scope.run(async () => this.#holds?.see(report));
  }

  summary(): ItemSummary {
    const report = this.#report;
    return liveItems({
      total: report?.total ?? totalOf(this.#source),
      counts: report?.counts ?? { succeeded: 0, reused: 0, failed: 0, skipped: 0 },
      running: report?.running ?? 0,
      held: this.#holds?.count ?? 0,
      failedItems: report?.failed_items ?? [],
      elapsedMs: Date.now() - this.#startedAt,
    });
  }

  async #run(): Promise<StageOutcome> {
    const { limits } = this.#context.maps;
    const input: CoordinatorInput = {
      origin: mapOrigin(this.#stage, this.#context),
      source: this.#sourceNow(),
      reuse: this.#context.reuseItems?.[this.#stage.id] ?? null,
      limits,
      ...(this.#holds === null ? {} : { holds: true }),
    };
    const coordinator = await startChild<Coordinator>(MAP_WORKFLOW, {
      args: [input],
      workflowId: `${workflowInfo().workflowId}/${this.#stage.id}`,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: summaryOf(this.#stage),
    });
    this.#coordinator = coordinator;
    if (this.#isStopping) this.stopStarting();
    const stopTelling = passPauseOn(coordinator, this.#context.pause);
    const stopWatching = this.#watchStream(input.source);
    try {
      return await coordinator.result();
    } finally {
      stopTelling();
      stopWatching();
    }
  }

  /** A stage whose chunks are the items may have ended since, or before. */
  #sourceNow(): ItemSource {
    const source = this.#source;
    if (source.type !== 'stream') return source;
    const producer = this.#producer();
    return producer === null ? source : { ...source, end: streamEnd(this.#stage, producer) };
  }

  /** Tells the coordinator how the stage ended whose chunks are the items. One that is stopped anyway is not told. */
  #watchStream(source: ItemSource): () => void {
    const { streams } = this.#context;
    const stage = streamedStage(this.#stage.map);
    if (source.type !== 'stream' || source.end !== null || stage === null || streams === undefined)
      return () => undefined;
    const tell = (producer: StageRecord): void => {
      const end = streamEnd(this.#stage, producer);
      if (end === null || this.#scope.consideredCancelled) return;
      void this.#coordinator?.signal(streamEndedSignal, end).catch(() => undefined);
    };
    const ended = this.#producer();
    if (ended === null) return streams.onEnd(stage, tell);
    tell(ended);
    return () => undefined;
  }

  #producer(): StageRecord | null {
    const stage = streamedStage(this.#stage.map);
    return stage === null ? null : (this.#context.streams?.endOf(stage) ?? null);
  }

  #decide(decision: UnitDecision): void {
    // A map that has just ended has nothing left to decide about.
    void this.#coordinator?.signal(mapDecidedSignal, decision).catch(() => undefined);
  }

  #broken(error: unknown): StageOutcome {
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) {
      return { status: 'cancelled', attempts: 1 };
    }
    const { type, message } = endedFromOutside('the workflow', error);
    return failedOutcome(this.#stage, type, message);
  }

  #end(outcome: StageOutcome): void {
    this.#context.maps.remove(this.#stage.id);
    this.#context.memory.merge(outcome.state, outcome.metrics);
    const failed = outcome.items?.failed ?? 0;
    const isDecided = outcome.status === 'failed' && this.#holds?.haveDecided(failed) === true;
    this.#holds?.close();
    this.#onEnd(this.#stage, isDecided ? { ...outcome, isDecided } : outcome);
  }
}

function totalOf(source: ItemSource): number | null {
  if (source.type === 'list') return source.items.length;
  return source.type === 'range' ? source.count : null;
}
