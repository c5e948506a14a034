import { CancellationScope, setHandler } from '@temporalio/workflow';
import { type ModelInput, ModelKeeper } from './model-keeper.js';
import {
  markVersionUpdate,
  modelQuery,
  modelRecordsQuery,
  modelVersionQuery,
  moveAliasUpdate,
  registerVersionUpdate,
  rollBackAliasUpdate,
  rollbackTargetQuery,
} from './messages.js';

/**
 * The registry of one model, for as long as the model is of any use: its versions, what its aliases mean, and all that
 * happened. Its history is the storage, with old records in the store. It takes no notice of being cancelled, because
 * there is no work to give up; terminated, it is lost.
 */
export async function model(input: ModelInput): Promise<void> {
  const keeper = new ModelKeeper(input);
  setHandler(registerVersionUpdate, (request) => keeper.register(request), {
    validator: (request) => keeper.checkRegister(request),
  });
  setHandler(moveAliasUpdate, (request) => keeper.move(request), {
    validator: (request) => keeper.checkMove(request),
  });
  setHandler(rollBackAliasUpdate, (request) => keeper.rollBack(request), {
    validator: (request) => keeper.checkRollBack(request),
  });
  setHandler(markVersionUpdate, (request) => keeper.mark(request), {
    validator: (request) => keeper.checkMark(request),
  });
  setHandler(modelQuery, () => keeper.book.view());
  setHandler(modelVersionQuery, (name) => keeper.book.find(name));
  setHandler(rollbackTargetQuery, (question) => keeper.rollbackTarget(question));
  setHandler(modelRecordsQuery, () => keeper.book.records());
  return CancellationScope.nonCancellable(() => keeper.keep());
}
