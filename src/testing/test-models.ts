import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { ModelRegistry } from '../activities/models/model-registry.js';
import { modelWorkflowId } from '../shared/names.js';
import { TemporalModels, type TemporalModelsDeps } from '../worker/models/temporal-models.js';

/** The models of one test: real ones, which end with it. */
export class TestModels {
  #models: TemporalModels | null = null;
  readonly #names = new Set<string>();

  /** What built-in stage functions use once the test runs on its server. */
  get registry(): ModelRegistry {
    const models = this.#models;
    if (models === null) throw new Error('The test does not run yet.');
    return {
      register: (model, request) => {
        this.#names.add(model);
        return models.register(model, request);
      },
      move: (model, request) => models.move(model, request),
      rollBack: (model, request) => models.rollBack(model, request),
      rollbackTarget: (model, question) => models.rollbackTarget(model, question),
      mark: (model, request) => models.mark(model, request),
      // An earlier test may have left one of that name, which has ended and would not answer.
      find: async (model, what) => (this.#names.has(model) ? models.find(model, what) : null),
    };
  }

  open(deps: TemporalModelsDeps): void {
    this.#models = new TemporalModels(deps);
  }

  /** A model outlives its runs, on the task queue of the first of them; the next test has a worker on another one. */
  async end({ workflow }: Client): Promise<void> {
    for (const name of this.#names) {
      await workflow
        .getHandle(modelWorkflowId(name))
        .terminate('the test has ended')
        .catch((error: unknown) => {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        });
    }
  }
}
