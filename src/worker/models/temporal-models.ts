import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import {
  ApplicationFailure,
  defineSearchAttributeKey,
  TypedSearchAttributes,
  type UpdateDefinition,
  WorkflowNotFoundError,
} from '@temporalio/common';
import type { ModelRegistry } from '../../activities/models/model-registry.js';
import type {
  MarkRequest,
  MoveAnswer,
  MoveRequest,
  RollBackRequest,
} from '../../engine/models/model-event.js';
import { modelLabels } from '../../engine/models/model-labels.js';
import type { ModelRefusalCode } from '../../engine/models/model-refusal.js';
import type { FoundVersion, ModelRecords, ModelView } from '../../engine/models/model-state.js';
import {
  modelNameProblem,
  type ModelVersionView,
  type RegisterRequest,
} from '../../engine/models/model-version.js';
import { ERROR_TYPE, MODEL_WORKFLOW, modelWorkflowId, SEARCH_ATTRIBUTE } from '../../shared/names.js';
import type { BlobStore } from '../../storage/blob-store.js';
import { readModelPage } from '../../storage/model-pages.js';
import {
  markVersionUpdate,
  modelQuery,
  modelRecordsQuery,
  modelVersionQuery,
  moveAliasUpdate,
  registerVersionUpdate,
  rollBackAliasUpdate,
  type RollbackQuestion,
  type RollbackTarget,
  rollbackTargetQuery,
  type VersionName,
} from '../../workflows/model/messages.js';
import { ModelError } from './model-error.js';

export type TemporalModelsDeps = {
  readonly client: Client;
  /** Where a model is kept that is new. */
  readonly taskQueue: string;
  readonly store: BlobStore;
  /** False where models start without search attributes, which the test server does not know. @default true */
  readonly isSearchable?: boolean;
};

/** A large artifact is read as a whole before an update is answered. */
const UPDATE_TIMEOUT_MS = 31 * 60_000;
const QUERY_TIMEOUT_MS = 30_000;

/** A model that goes on in a new history takes no orders for a moment. */
const MOST_TRIES = 8;
const AGAIN_AFTER_MS = 150;

/** The models of a namespace, kept by one workflow each. Throws a {@link ModelError} for what is refused or unknown. */
export class TemporalModels implements ModelRegistry {
  readonly #deps: TemporalModelsDeps;

  constructor(deps: TemporalModelsDeps) {
    this.#deps = deps;
  }

  async register(model: string, request: RegisterRequest): Promise<ModelVersionView> {
    const problem = modelNameProblem(model);
    if (problem !== null) throw new ModelError('bad_request', `${problem}.`);
    await trying(model, async () => {
      try {
        await this.#send(model, registerVersionUpdate, request);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        await this.#sendToNew(model, request);
      }
    });
    const found = await this.find(model, { version: request.version });
    if (found !== null) return found;
    throw new ModelError(
      'version_not_found',
      `model "${model}": "${request.version}" was lost while it was registered.`,
    );
  }

  move(model: string, request: MoveRequest): Promise<MoveAnswer> {
    return trying(model, () => this.#send(model, moveAliasUpdate, request));
  }

  rollBack(model: string, request: RollBackRequest): Promise<MoveAnswer> {
    return trying(model, () => this.#send(model, rollBackAliasUpdate, request));
  }

  async mark(model: string, request: MarkRequest): Promise<boolean> {
    const { changed } = await trying(model, () => this.#send(model, markVersionUpdate, request));
    return changed;
  }

  async find(model: string, what: VersionName): Promise<ModelVersionView | null> {
    const found = await this.#askOrNull(model, (handle) =>
      handle.query<FoundVersion | null, [VersionName]>(modelVersionQuery, what),
    );
    if (found === null) return null;
    if ('version' in found) return found.version;
    const { versions } = await readModelPage(this.#deps.store, found.page);
    const record = versions.find(({ version }) => version === found.name);
    return record === undefined ? null : { ...record, ...found.standing };
  }

  /** The version that a rollback would go to. */
  async rollbackTarget(model: string, question: RollbackQuestion): Promise<ModelVersionView> {
    const found = await this.#askOrNull(model, (handle) =>
      handle.query<RollbackTarget, [RollbackQuestion]>(rollbackTargetQuery, question),
    );
    if (found === null) throw new ModelError('model_not_found', `there is no model "${model}".`);
    if ('refusal' in found) {
      const { code, message } = found.refusal;
      throw new ModelError(code, `model "${model}": ${message}`);
    }
    const version = await this.find(model, found);
    if (version !== null) return version;
    throw new ModelError('version_not_found', `model "${model}" has no version "${found.version}".`);
  }

  /** Null when there is no such model. */
  async view(model: string): Promise<ModelView | null> {
    const view = await this.#askOrNull(model, (handle) => handle.query<ModelView>(modelQuery));
    return view === null || view.versions === 0 ? null : view;
  }

  /** Null when there is no such model. */
  records(model: string): Promise<ModelRecords | null> {
    return this.#askOrNull(model, (handle) => handle.query<ModelRecords>(modelRecordsQuery));
  }

  async #askOrNull<T>(model: string, ask: (handle: Handle) => Promise<T>): Promise<T | null> {
    const { client } = this.#deps;
    try {
      const handle = client.workflow.getHandle(modelWorkflowId(model));
      return await client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, () => ask(handle));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  }

  #send<R, M>(model: string, update: UpdateDefinition<R, [M]>, message: M): Promise<R> {
    const { client } = this.#deps;
    return client.withDeadline(Date.now() + UPDATE_TIMEOUT_MS, () =>
      client.workflow.getHandle(modelWorkflowId(model)).executeUpdate(update, { args: [message] }),
    );
  }

  async #sendToNew(model: string, request: RegisterRequest): Promise<void> {
    if (this.#deps.isSearchable === false)
      return this.#startWith(model, request, new TypedSearchAttributes());
    const labels = [...modelLabels({ model, aliases: [] })];
    const key = defineSearchAttributeKey(SEARCH_ATTRIBUTE.labels, 'KEYWORD_LIST');
    try {
      await this.#startWith(model, request, new TypedSearchAttributes([{ key, value: labels }]));
    } catch (error) {
      // A server to which nobody may add search attributes keeps models without them.
      if (!isUnknownAttribute(error)) throw error;
      await this.#startWith(model, request, new TypedSearchAttributes());
    }
  }

  async #startWith(
    model: string,
    request: RegisterRequest,
    typedSearchAttributes: TypedSearchAttributes,
  ): Promise<void> {
    const { client, taskQueue } = this.#deps;
    const start = new WithStartWorkflowOperation(MODEL_WORKFLOW, {
      workflowId: modelWorkflowId(model),
      taskQueue,
      args: [{ model }],
      typedSearchAttributes,
      // Somebody else may register the first version at the same time.
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: `model ${model}`,
    });
    await client.withDeadline(Date.now() + UPDATE_TIMEOUT_MS, () =>
      client.workflow.executeUpdateWithStart(registerVersionUpdate, {
        args: [request],
        startWorkflowOperation: start,
      }),
    );
  }
}

type Handle = ReturnType<Client['workflow']['getHandle']>;

async function trying<T>(model: string, send: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send();
    } catch (error) {
      const known = modelError(model, error);
      if (!(known instanceof ModelError) || known.code !== 'busy' || tries === MOST_TRIES) throw known;
      await delay(AGAIN_AFTER_MS * tries);
    }
  }
}

function modelError(model: string, error: unknown): unknown {
  if (error instanceof WorkflowNotFoundError) {
    return new ModelError('model_not_found', `There is no model "${model}".`, { cause: error });
  }
  if (!(error instanceof WorkflowUpdateFailedError)) return error;
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure) || cause.type !== ERROR_TYPE.modelRefused) return error;
  const [detail] = cause.details ?? [];
  const code = codeOf(detail) ?? 'bad_request';
  return new ModelError(code, cause.message, { cause });
}

function isUnknownAttribute(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /search attribute/i.test(error.message) || isUnknownAttribute(error.cause);
}

function codeOf(detail: unknown): ModelRefusalCode | undefined {
  const hasCode = typeof detail === 'object' && detail !== null && 'code' in detail;
  return hasCode ? (detail.code as ModelRefusalCode) : undefined;
}
