import type {
  MarkRequest,
  MoveAnswer,
  MoveRequest,
  RollBackRequest,
} from '../../engine/models/model-event.js';
import type { ModelVersionView, RegisterRequest } from '../../engine/models/model-version.js';

/** What stages may ask of the models of a namespace. Each throws an error with a `code` and words for people. */
export interface ModelRegistry {
  /** Adds a version, and the model with its first one; gives the one that is there if it is the same. */
  register(model: string, request: RegisterRequest): Promise<ModelVersionView>;
  move(model: string, request: MoveRequest): Promise<MoveAnswer>;
  rollBack(model: string, request: RollBackRequest): Promise<MoveAnswer>;
  /** The version that a rollback would go to; what it would be refused is thrown. */
  rollbackTarget(
    model: string,
    question: { readonly alias: string; readonly to?: string },
  ): Promise<ModelVersionView>;
  /** False when the version was marked so already. */
  mark(model: string, request: MarkRequest): Promise<boolean>;
  /** Null when there is no such model or version, or the alias means nothing. */
  find(
    model: string,
    what: { readonly version: string } | { readonly alias: string },
  ): Promise<ModelVersionView | null>;
}
