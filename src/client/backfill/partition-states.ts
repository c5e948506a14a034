import { listQuery, quote, type RunLister, type RunListItem, toListItem } from '../run-list.js';

/**
 * The latest run of each partition, by workflow ID, of all partitions whose IDs begin so. What ended a moment ago may
 * still be told as it was: visibility lags behind the runs.
 */
export async function partitionRuns(
  client: RunLister,
  idPrefix: string,
  now = new Date(),
): Promise<ReadonlyMap<string, RunListItem>> {
  const latest = new Map<string, RunListItem>();
  const query = `${listQuery({})} AND WorkflowId STARTS_WITH ${quote(idPrefix)}`;
  for await (const info of client.workflow.list({ query, pageSize: 1_000 })) {
    const item = toListItem(info, now);
    const known = latest.get(item.workflow_id);
    if (known === undefined || known.started_at < item.started_at) latest.set(item.workflow_id, item);
  }
  return latest;
}
