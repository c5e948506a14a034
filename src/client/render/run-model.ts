import type { RunStatus, StageResult } from '../../engine/result.js';
import { assertNever } from '../../shared/assert-never.js';
import type { LiveProgress } from '../live-attempt.js';
import type { WatchEvent, StageRetry } from '../watch-event.js';
import { stagesAfterEnd } from '../stages-after-end.js';

/** One stage as a renderer sees it. */
export type StageView = {
  readonly id: string;
  readonly isHook: boolean;
  readonly result: StageResult;
  /** Only while it runs. */
  readonly progress: LiveProgress | null;
  readonly retry: StageRetry | null;
};

/** What the events so far add up to. */
export class RunModel {
  /** The run as it was last seen as a whole; null before the first event. */
  run: RunStatus | null = null;
  /** In the order of the definition; hooks come last. */
  readonly stages = new Map<string, StageView>();
  quiet: 'worker' | 'server' | null = null;

  apply(event: WatchEvent): void {
    this.quiet = event.type === 'quiet' ? event.who : event.type === 'log' ? this.quiet : null;
    switch (event.type) {
      case 'run_seen':
        this.#seeRun(event.status);
        return;
      case 'stage_changed':
        this.#seeStage(event.stage, event.result);
        return;
      case 'stage_progress':
        this.#seeLive(event.stage, { progress: event.progress });
        return;
      case 'stage_retry':
        // A new attempt starts from nothing.
        this.#seeLive(event.stage, { retry: event.retry, progress: null });
        return;
      case 'run_ended':
        this.#end(event);
        return;
      case 'items_waiting':
      case 'note':
      case 'log':
      case 'quiet':
        return;
      default:
        assertNever(event);
    }
  }

  /** Stages of the pipeline itself by wave, in order. */
  waves(): ReadonlyArray<readonly [wave: number, stages: readonly StageView[]]> {
    const waves = new Map<number, StageView[]>();
    for (const stage of this.stages.values()) {
      if (stage.isHook) continue;
      const wave = waves.get(stage.result.wave) ?? [];
      waves.set(stage.result.wave, wave);
      wave.push(stage);
    }
    return [...waves].sort(([a], [b]) => a - b);
  }

  hooks(): readonly StageView[] {
    return [...this.stages.values()].filter((stage) => stage.isHook);
  }

  #seeRun(status: RunStatus): void {
    this.run = status;
    for (const [id, result] of Object.entries(status.stages)) this.#set(id, result, false);
    for (const [id, result] of Object.entries(stagesAfterEnd(status))) this.#set(id, result, true);
  }

  #seeStage(id: string, result: StageResult): void {
    this.#set(
      id,
      result,
      this.stages.get(id)?.isHook ?? !(this.run !== null && Object.hasOwn(this.run.stages, id)),
    );
  }

  #seeLive(id: string, change: Partial<Pick<StageView, 'progress' | 'retry'>>): void {
    const stage = this.stages.get(id);
    if (stage !== undefined) this.stages.set(id, { ...stage, ...change });
  }

  #set(id: string, result: StageResult, isHook: boolean): void {
    const old = this.stages.get(id);
    const live = result.status === 'running' && old !== undefined ? old : { progress: null, retry: null };
    this.stages.set(id, { id, isHook, result, progress: live.progress, retry: live.retry });
  }

  #end({ result }: Extract<WatchEvent, { type: 'run_ended' }>): void {
    if (this.run !== null) this.run = { ...this.run, ...result };
  }
}

/** True for a status that a stage keeps. */
export function isFinal(stage: StageView): boolean {
  switch (stage.result.status) {
    case 'pending':
    case 'waiting':
    case 'running':
    case 'awaiting_approval':
    case 'held':
      return false;
    default:
      return true;
  }
}
