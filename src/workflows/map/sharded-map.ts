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
import { liveItems } from '../../engine/live-items.js';
import { streamedStage } from '../../engine/map-plan.js';
import type { ItemSource, MapProgress } from '../../engine/map-shard.js';
import type { StagePlan } from '../../engine/plan.js';
import type { ItemSummary } from '../../engine/result.js';
import type { StageOutcome, StageRecord } from '../../engine/stage-record.js';
import { streamEnd } from '../../engine/stream-end.js';
import { ERROR_TYPE, MAP_WORKFLOW } from '../../shared/names.js';
import { summaryOf } from '../activity-options.js';
import { cancelAfterWaveSignal } from '../messages.js';
import { failedOutcome } from '../stage-failure.js';
import { passPauseOn } from '../steering/pass-pause-on.js';
import type { OnStageEnd, StageRunContext } from '../stages/stage-context.js';
import type { LiveMap } from './map-host.js';
import { mapOrigin } from './map-origin.js';
import { streamEndedSignal } from './messages.js';

type Coordinator = (input: CoordinatorInput) => Promise<StageOutcome>;

/** A map that is too large for the workflow of its run: one child workflow divides it and gives the stage's outcome. */
export class ShardedMap implements LiveMap {
  readonly #stage: StagePlan;
  readonly #context: StageRunContext;
  readonly #source: ItemSource;
  readonly #onEnd: OnStageEnd;
  readonly #startedAt = Date.now();
  readonly #scope = CancellationScope.current();
  #coordinator: ChildWorkflowHandle<Coordinator> | null = null;
  #isStopping = false;
  #report: MapProgress | null = null;

  constructor(stage: StagePlan, context: StageRunContext, source: ItemSource, onEnd: OnStageEnd) {
    this.#stage = stage;
    this.#context = context;
    this.#source = source;
    this.#onEnd = onEnd;
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

  summary(): ItemSummary {
    const report = this.#report;
    return liveItems({
      total: report?.total ?? totalOf(this.#source),
      counts: report?.counts ?? { succeeded: 0, reused: 0, failed: 0, skipped: 0 },
      running: report?.running ?? 0,
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

  #broken(error: unknown): StageOutcome {
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) {
      return { status: 'cancelled', attempts: 1 };
    }
    const reason =
      error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : '';
    return failedOutcome(
      this.#stage,
      ERROR_TYPE.pipelineCancelled,
      `the workflow of the map was ended from outside: ${reason}`,
    );
  }

  #end(outcome: StageOutcome): void {
    this.#context.maps.remove(this.#stage.id);
    this.#context.memory.merge(outcome.state, outcome.metrics);
    this.#onEnd(this.#stage, outcome);
  }
}

function totalOf(source: ItemSource): number | null {
  if (source.type === 'list') return source.items.length;
  return source.type === 'range' ? source.count : null;
}
