import type { Client } from '@temporalio/client';
import type { ItemSummary, RunStatus, StageStatus } from '../../engine/result.js';
import { ClientError } from '../client-error.js';
import { itemPage, type ItemPage, type ListedItems } from './item-list.js';
import { unknownStage } from '../unknown-stage.js';
import { readLiveItems } from './live-items.js';

export type ItemsOptions = {
  /** @default 'all' */
  readonly items?: ListedItems;
  /** @default 50 */
  readonly limit?: number;
  /** The run's state, where it is known already. */
  readonly status?: RunStatus;
};

/** How the items of a stage with `map` stand: in numbers, and one by one as far as they are known. */
export type StageItems = Omit<ItemSummary, 'failed_items' | 'ledger'> &
  ItemPage & {
    readonly workflow_id: string;
    readonly run_id: string;
    readonly stage: string;
    readonly status: StageStatus;
  };

/** Lists items of a stage. Throws `unknown_stage`, and `no_items` for a stage without any. */
export async function stageItems(
  client: Client,
  status: RunStatus,
  stage: string,
  options: ItemsOptions,
): Promise<StageItems> {
  const { status: stands, items: summary } = stageOf(status, stage);
  if (summary === undefined) throw noItems(status, stage);
  const { failed_items, ledger: _ledger, ...counts } = summary;
  const live = stands === 'running' ? await readLiveItems(client, status.workflow_id, stage) : [];
  const { items: wanted = 'all', limit = 50 } = options;
  const { workflow_id, run_id } = status;
  return {
    workflow_id,
    run_id,
    stage,
    status: stands,
    ...counts,
    ...itemPage(stands === 'running' ? { ...counts, failed_items } : summary, live, { wanted, limit }),
  };
}

function stageOf(status: RunStatus, stage: string): RunStatus['stages'][string] {
  const found = status.stages[stage] ?? status.hooks[stage];
  if (found !== undefined) return found;
  const known = [...Object.keys(status.stages), ...Object.keys(status.hooks)];
  throw unknownStage(`The run "${status.workflow_id}"`, stage, known);
}

function noItems(status: RunStatus, stage: string): ClientError {
  const mapped = Object.entries(status.stages).flatMap(([id, { items }]) =>
    items === undefined ? [] : [id],
  );
  const others = mapped.length === 0 ? '' : ` Stages with items: ${mapped.join(', ')}.`;
  return new ClientError('no_items', `Stage "${stage}" has no items.`, {
    hint: `Only a stage with \`map\` has items, from its start on.${others}`,
  });
}
