import {
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowExecutionInfo,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { suggest } from '../../definition/suggest.js';
import type {
  MarkRequest,
  ModelEvent,
  MoveAnswer,
  MoveRequest,
  RollBackRequest,
} from '../../engine/models/model-event.js';
import type { ModelView } from '../../engine/models/model-state.js';
import type { ModelVersionView, RegisterRequest } from '../../engine/models/model-version.js';
import { isJsonObject } from '../../shared/json.js';
import { MODEL_MEMO, MODEL_WORKFLOW, modelWorkflowId } from '../../shared/names.js';
import type { BlobStore } from '../../storage/blob-store.js';
import { ModelError } from '../../worker/models/model-error.js';
import { TemporalModels, type TemporalModelsDeps } from '../../worker/models/temporal-models.js';
import { ClientError } from '../client-error.js';
import { isNoAnswer } from '../grpc-errors.js';
import { quote } from '../run-list.js';
import { ensureSearchAttributes } from '../search-attributes.js';
import { hasWorker } from '../task-queue.js';
import { aliasAt, type AliasMeaning } from './alias-at.js';
import { readEvents, readVersions } from './read-records.js';

type ModelsDeps = {
  readonly client: Client;
  readonly taskQueue: string;
  /** Where old records are; without it there are no models. */
  readonly store: BlobStore | undefined;
};

/** The models of a namespace: their versions, what their aliases mean, and all that happened to them. */
export class Models {
  readonly #deps: TemporalModelsDeps;
  readonly #models: TemporalModels;

  /** Throws where the client was made without a store. */
  constructor({ store, ...deps }: ModelsDeps) {
    if (store === undefined) throw new TypeError('Give the client a `store`: models keep old records there.');
    this.#deps = { ...deps, store };
    this.#models = new TemporalModels(this.#deps);
  }

  /** All models by name, from the records of Temporal: no worker is asked. */
  async list(): Promise<readonly ModelView[]> {
    const query = `WorkflowType = ${quote(MODEL_WORKFLOW)} AND ExecutionStatus = 'Running'`;
    const found: ModelView[] = [];
    for await (const info of this.#deps.client.workflow.list({ query, pageSize: 1_000 })) {
      const view = viewOf(info);
      if (view !== null && view.versions > 0) found.push(view);
    }
    return found.sort((a, b) => a.model.localeCompare(b.model));
  }

  /** How a model stands, from the records of Temporal. Throws `model_not_found`. */
  async view(model: string): Promise<ModelView> {
    const view = viewOf(await this.#describe(model));
    if (view === null || view.versions === 0) throw await this.#notFound(model);
    return view;
  }

  /** The queue of the workers that keep a model. Throws `model_not_found`. */
  async taskQueueOf(model: string): Promise<string> {
    return (await this.#describe(model)).taskQueue;
  }

  /** A version by its name or an alias. Throws `model_not_found`, `version_not_found`. */
  async find(
    model: string,
    what: { readonly version: string } | { readonly alias: string },
  ): Promise<ModelVersionView> {
    const found = await this.#asking(model, () => this.#models.find(model, what));
    if (found !== null) return found;
    await this.view(model);
    const message =
      'version' in what
        ? `Model "${model}" has no version "${what.version}".`
        : `${what.alias} of model "${model}" means nothing.`;
    throw new ClientError('version_not_found', message, { hint: seeVersions(model) });
  }

  /** The latest versions, newest first. Throws `model_not_found`. */
  async versions(
    model: string,
    { limit = 20 }: { readonly limit?: number } = {},
  ): Promise<readonly ModelVersionView[]> {
    return this.#asking(model, async () => {
      const records = await this.#models.records(model);
      return records === null ? [] : readVersions(this.#deps.store, records, limit);
    });
  }

  /** What happened last, newest first. Throws `model_not_found`. */
  async history(
    model: string,
    { limit = 50, alias }: { readonly limit?: number; readonly alias?: string } = {},
  ): Promise<readonly ModelEvent[]> {
    return this.#asking(model, async () => {
      const records = await this.#models.records(model);
      if (records === null) return [];
      const found: ModelEvent[] = [];
      for await (const event of readEvents(this.#deps.store, records)) {
        const isMeant = alias === undefined || (event.kind === 'moved' && event.alias === alias);
        if (isMeant) found.push(event);
        if (found.length >= limit) break;
      }
      return found;
    });
  }

  /** What an alias meant at some time. Throws `model_not_found`. */
  async at(model: string, alias: string, time: Date): Promise<AliasMeaning> {
    return this.#asking(model, async () => {
      const records = await this.#models.records(model);
      const events = records === null ? [] : readEvents(this.#deps.store, records);
      return aliasAt(events, { model, alias, time });
    });
  }

  /** Adds a version, and the model with its first one. Throws `version_taken`, `wrong_artifact`, `bad_request`. */
  async register(model: string, request: RegisterRequest): Promise<ModelVersionView> {
    const { client, taskQueue } = this.#deps;
    const known = await this.#describe(model).catch(() => null);
    await requireWorker(client, known?.taskQueue ?? taskQueue, model);
    await ensureSearchAttributes(client.connection, client.options.namespace);
    return this.#telling(model, () => this.#models.register(model, request));
  }

  /**
   * Makes an alias mean a version. Throws `version_not_found`, `version_failed`, `already_live`, `moved_meanwhile`,
   * `wrong_artifact`.
   */
  async move(model: string, request: MoveRequest): Promise<MoveAnswer> {
    return this.#asking(model, () => this.#models.move(model, request));
  }

  /** Makes an alias mean again what it meant before. Throws `nothing_before`, and what a move throws. */
  async rollBack(model: string, request: RollBackRequest): Promise<MoveAnswer> {
    return this.#asking(model, () => this.#models.rollBack(model, request));
  }

  /** The version that a rollback would go to. Throws what a rollback throws. */
  async rollbackTarget(
    model: string,
    question: { readonly alias: string; readonly to?: string },
  ): Promise<ModelVersionView> {
    return this.#asking(model, () => this.#models.rollbackTarget(model, question));
  }

  /** Marks a version as failed, or as ready again; false when it was so already. */
  async mark(model: string, request: MarkRequest): Promise<boolean> {
    return this.#asking(model, () => this.#models.mark(model, request));
  }

  /** Asks only where there is somebody to answer: the server would let the question wait for its whole time limit. */
  async #asking<T>(model: string, ask: () => Promise<T>): Promise<T> {
    await requireWorker(this.#deps.client, await this.taskQueueOf(model), model);
    return this.#telling(model, ask);
  }

  async #telling<T>(model: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof ModelError) throw await this.#clientError(model, error);
      if (!isNoAnswer(error)) throw error;
      const message = `No worker answered for model "${model}" in time.`;
      throw new ClientError('no_answer', message, {
        hint: `It may still be carried out: see "sluice models history ${model}" before you try again.`,
        cause: error,
      });
    }
  }

  async #clientError(model: string, error: ModelError): Promise<ClientError> {
    const { code, message } = error;
    if (code === 'model_not_found') return this.#notFound(model);
    const hint = code === 'version_not_found' ? { hint: seeVersions(model) } : {};
    return new ClientError(code, `${message.charAt(0).toUpperCase()}${message.slice(1)}`, {
      ...hint,
      cause: error,
    });
  }

  async #describe(model: string): Promise<WorkflowExecutionDescription> {
    try {
      const info = await this.#deps.client.workflow.getHandle(modelWorkflowId(model)).describe();
      if (info.closeTime === undefined) return info;
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    throw await this.#notFound(model);
  }

  async #notFound(model: string): Promise<ClientError> {
    const names = (await this.list()).map((view) => view.model);
    const near = suggest(model, names);
    const known =
      names.length === 0 ? 'There are no models yet.' : `Models: ${names.slice(0, 20).join(', ')}.`;
    const hint = near === null ? known : `${known} Did you mean "${near}"?`;
    return new ClientError('model_not_found', `There is no model "${model}".`, { hint });
  }
}

async function requireWorker(client: Client, taskQueue: string, model: string): Promise<void> {
  if (await hasWorker(client, taskQueue)) return;
  throw new ClientError(
    'no_worker',
    `No worker polls task queue "${taskQueue}", which keeps model "${model}"; nothing has changed.`,
    { hint: 'Start one with: sluice worker. Then try again.' },
  );
}

function viewOf({ memo }: Pick<WorkflowExecutionInfo, 'memo'>): ModelView | null {
  const view = memo?.[MODEL_MEMO];
  return isJsonObject(view) ? (view as unknown as ModelView) : null;
}

function seeVersions(model: string): string {
  return `See what there is with: sluice models versions ${model}`;
}
