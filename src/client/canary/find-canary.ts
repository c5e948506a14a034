import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { CanaryView } from '../../engine/canary.js';
import type { RunStatus, StageResult } from '../../engine/result.js';
import { CANARY_WORKFLOW } from '../../shared/names.js';
import { ClientError } from '../client-error.js';
import { quote } from '../run-list.js';
import { unknownStage } from '../unknown-stage.js';
import { CanaryHandle } from './canary-handle.js';

type Owner = { readonly run: string; readonly stage: string };

/**
 * The stage of a run that a canary belongs to, by the ID of its workflow, where the router after the `@` may be left out;
 * null for any other ID. Throws `canary_not_found` when several routers have a canary of the service.
 */
export async function runOfCanary(client: Client, id: string): Promise<Owner | null> {
  if (!id.startsWith('canary/')) return null;
  try {
    return ownerIn((await client.workflow.getHandle(id).describe()).memo);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  const begun = `WorkflowId STARTS_WITH ${quote(`${id}@`)}`;
  const query = `WorkflowType = ${quote(CANARY_WORKFLOW)} AND ExecutionStatus = 'Running' AND ${begun}`;
  const found = new Map<string, Owner | null>();
  for await (const { workflowId, memo } of client.workflow.list({ query })) {
    found.set(workflowId, ownerIn(memo));
  }
  if (found.size <= 1) return [...found.values()][0] ?? null;
  const ids = [...found.keys()].join(', ');
  throw notFound(`Several canaries are called "${id}".`, [], `Name one: ${ids}.`);
}

function ownerIn(memo: Readonly<Record<string, unknown>> | undefined): Owner | null {
  const { run, stage } = memo ?? {};
  return typeof run === 'string' && typeof stage === 'string' ? { run, stage } : null;
}

/**
 * The canary of a run: that of the stage, or the only one that goes on, or else the one that ended last. Throws
 * `canary_not_found` when there is none, or when several go on.
 */
export function findCanary(client: Client, status: RunStatus, stage: string | undefined): CanaryHandle {
  const { workflow_id, stages } = status;
  const begun = Object.entries(stages).flatMap(([id, result]) => (hasBegun(result) ? [{ id, result }] : []));
  const where = `The run "${workflow_id}"`;
  if (stage !== undefined) {
    const found = begun.find(({ id }) => id === stage);
    if (found !== undefined) return new CanaryHandle(client, found.id, found.result);
    const result = stages[stage];
    if (result === undefined) throw unknownStage(where, stage, Object.keys(stages));
    const why = result.kind === 'canary' ? 'has not begun' : `is no canary but a \`${result.kind}\` stage`;
    throw notFound(
      `Stage "${stage}" of "${workflow_id}" ${why}.`,
      begun.map(({ id }) => id),
    );
  }
  const open = begun.filter(({ result }) => result.ended_at === null);
  if (open.length > 1) {
    const names = open.map(({ id }) => id).join(', ');
    throw notFound(`${where} has several canaries that go on: ${names}.`, [], 'Name one with --stage.');
  }
  const chosen = open[0] ?? begun.toSorted((a, b) => endOf(a.result).localeCompare(endOf(b.result))).at(-1);
  if (chosen !== undefined) return new CanaryHandle(client, chosen.id, chosen.result);
  const waiting = Object.entries(stages).find(([, { kind }]) => kind === 'canary');
  const why = waiting === undefined ? 'has no canary' : `has not begun its canary "${waiting[0]}"`;
  throw notFound(`${where} ${why}.`, []);
}

function hasBegun(result: StageResult): result is StageResult & { readonly canary: CanaryView } {
  return result.canary !== undefined;
}

function endOf({ ended_at }: StageResult): string {
  return ended_at ?? '';
}

function notFound(message: string, begun: readonly string[], hint?: string): ClientError {
  const others = begun.length === 0 ? undefined : `Canaries of the run: ${begun.join(', ')}.`;
  const said = hint ?? others;
  return new ClientError('canary_not_found', message, said === undefined ? {} : { hint: said });
}
