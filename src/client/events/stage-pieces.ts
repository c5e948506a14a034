import type { BlobStore } from '../../storage/blob-store.js';
import {
  STREAM_START,
  StreamReader,
  type StreamPosition,
  type StreamStep,
} from '../../storage/stream/read-stream.js';
import { streamFolder } from '../../storage/stream/stream-place.js';

/** What came of the chunks of a stage: some that follow each other, or that an attempt begins anew. */
export type StagePiece = {
  readonly stage: string;
  readonly step: Extract<StreamStep, { kind: 'chunks' | 'restart' }>;
  /** The place after it. */
  readonly position: StreamPosition;
};

/** The streams of the stages of a run that go on. Holds no more than one piece. */
export class StagePieces {
  readonly #store: BlobStore;
  readonly #run: { readonly workflowId: string; readonly runId: string };
  readonly #open = new Map<string, StreamReader>();
  readonly #only: string | undefined;
  /** Whose turn it is, so that no stage keeps the others waiting. */
  #turn = 0;

  /** `only`: the one stage whose chunks are wanted. */
  constructor(
    store: BlobStore,
    { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
    only?: string,
  ) {
    this.#store = store;
    this.#run = { workflowId, runId };
    this.#only = only;
  }

  /** The stage has started, or one goes on from a place in its stream. */
  open(stage: string, from: StreamPosition = STREAM_START): void {
    if (this.#open.has(stage) || (this.#only !== undefined && this.#only !== stage)) return;
    const folder = streamFolder({ ...this.#run, stage });
    this.#open.set(stage, new StreamReader(this.#store, folder, from));
  }

  close(stage: string): void {
    this.#open.delete(stage);
  }

  /** What comes next of any stage, without waiting for it; null when there is nothing. */
  async take(): Promise<StagePiece | null> {
    const stages = [...this.#open.keys()];
    for (let i = 0; i < stages.length; i++) {
      this.#turn = (this.#turn + 1) % stages.length;
      const piece = await this.takeOf(stages[this.#turn] ?? '');
      if (piece !== null) return piece;
    }
    return null;
  }

  /** The same of one stage. */
  async takeOf(stage: string): Promise<StagePiece | null> {
    const reader = this.#open.get(stage);
    const step = await reader?.step();
    if (reader === undefined || (step?.kind !== 'chunks' && step?.kind !== 'restart')) return null;
    return { stage, step, position: reader.position };
  }
}
