import type { RunStatus } from '../../engine/result.js';
import type { Json } from '../../shared/json.js';
import type { BlobStore } from '../../storage/blob-store.js';
import { ClientError } from '../client-error.js';
import { unknownStage } from '../unknown-stage.js';
import { readStageStream, type StreamItem, type StreamOptions } from './stage-stream.js';

/** What a handle of a stage needs of that of its run. */
type StreamedRun = {
  readonly workflowId: string;
  readonly runId: string;
  status(options: { readonly outputs: false }): Promise<RunStatus>;
};

/** One stage of a run. Holds nothing open. */
export class StageHandle {
  readonly id: string;
  readonly #run: StreamedRun;
  readonly #store: BlobStore | undefined;

  constructor(
    run: StreamedRun,
    { id, store }: { readonly id: string; readonly store: BlobStore | undefined },
  ) {
    this.#run = run;
    this.#store = store;
    this.id = id;
  }

  /**
   * The chunks that the stage gives, from its start or after the cursor of one: each once, in order, as they appear.
   * Ends with the stage. Throws `unknown_stage`, `bad_cursor`, and `no_store` for a client without a store.
   */
  async *stream<T extends Json = Json>(options: StreamOptions = {}): AsyncGenerator<StreamItem<T>, void> {
    const { workflowId, runId } = this.#run;
    const store = this.#store;
    if (store === undefined) throw noStore();
    const { item } = options;
    const source = { workflowId, runId, stage: this.id, ...(item === undefined ? {} : { item }) };
    yield* readStageStream<T>(store, source, { ...options, isOver: () => this.#isOver() });
  }

  async #isOver(): Promise<boolean> {
    const status = await this.#run.status({ outputs: false });
    if (status.ended_at !== null) return true;
    const stages = { ...status.stages, ...status.hooks };
    const known = Object.keys(stages);
    // Without a worker that answers nobody knows the stages.
    if (known.length === 0) return false;
    const stage = stages[this.id];
    if (stage === undefined) throw unknownStage(`The run "${this.#run.workflowId}"`, this.id, known);
    return stage.ended_at !== null;
  }
}

/** What a client without a store says of chunks. */
export function noStore(): ClientError {
  return new ClientError('no_store', 'This client was given no store, and chunks of stages are kept there.', {
    hint: 'Give it the store of the workers: SluiceClient.connect({ store: createFolderStore(…) }).',
  });
}
