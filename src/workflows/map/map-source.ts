import { ActivityCancellationType, scheduleActivity } from '@temporalio/workflow';
import type { ItemSource, StreamedSource } from '../../engine/map-shard.js';
import type { StagePlan } from '../../engine/plan.js';
import { resolveTemplate } from '../../expressions/template.js';
import { assertNever } from '../../shared/assert-never.js';
import { isJsonObject, type Json } from '../../shared/json.js';
import type { Page, StreamPage, StreamPageParams } from '../../shared/map-task.js';
import { ACTIVITY } from '../../shared/names.js';
import type { TaskResult } from '../../shared/task.js';
import { activityOptions } from '../activity-options.js';
import type { StageRunContext } from '../stages/stage-context.js';

/** Most items of a range: beyond it the bookkeeping itself would be the work. */
const LARGEST_RANGE = 100_000_000;

/** What a map goes over, with its expressions resolved; a text says what is wrong with it. */
export function resolveSource(
  stage: StagePlan,
  { scope, streams }: Pick<StageRunContext, 'scope' | 'streams'>,
): ItemSource | string {
  const over = stage.map?.over;
  if (over === undefined) throw new Error(`Stage "${stage.id}" has no map.`);
  switch (over.type) {
    case 'list': {
      const items = resolveTemplate(over.list, scope).value;
      if (Array.isArray(items)) return { type: 'list', items };
      return `\`map.over\` gave ${shown(items)}, expected a list`;
    }
    case 'range': {
      const count = resolveTemplate(over.range, scope).value;
      const isCount = typeof count === 'number' && Number.isInteger(count) && count >= 0;
      if (isCount && count <= LARGEST_RANGE) return { type: 'range', count };
      return `\`map.over.range\` gave ${shown(count)}, expected a whole number from 0 to ${LARGEST_RANGE}`;
    }
    case 'pages': {
      const resolved = resolveTemplate({ with: over.with }, scope);
      const given = isJsonObject(resolved.value) ? (resolved.value['with'] ?? null) : null;
      return {
        type: 'pages',
        uses: over.uses,
        with: given,
        secret_slots: resolved.secretSlots,
        cursor: null,
        items: [],
      };
    }
    case 'stream':
      return { type: 'stream', stage: streams?.nameOf(over.stage) ?? over.stage, end: null };
    default:
      return assertNever(over);
  }
}

/** Reads the page at a source's cursor. `number` tells the pages of one history apart. */
export function readPage(
  stage: StagePlan,
  source: Extract<ItemSource, { type: 'pages' }>,
  context: Pick<StageRunContext, 'memory'>,
  number: number,
): Promise<Page> {
  const params = { uses: source.uses, with: source.with, cursor: source.cursor };
  const reader = {
    ...stage,
    id: `${stage.id}.page.${number}`,
    name: `${stage.name}, page ${number}`,
    artifacts: [],
  };
  const task = context.memory.taskOf(reader, params, source.secret_slots);
  return scheduleActivity<TaskResult>(ACTIVITY.mapPage, [task], activityOptions(reader)).then(
    ({ output }) => output as Page,
  );
}

/** How long a page of a stream waits for its first item; the wait takes a slot of a worker. */
const STREAM_WAIT_MS = 10_000;

/** A page is given as soon as there is something; what takes longer is broken. */
const STREAM_PAGE_MS = 120_000;

/**
 * Reads what comes next of a stream. Left alone when it is cancelled, because it changes nothing and ends by itself. Runs
 * on the workers of the run, whatever queue the items have.
 */
export function readStreamPage(
  stage: StagePlan,
  source: StreamedSource,
  context: Pick<StageRunContext, 'memory'>,
  page: { readonly number: number; readonly cursor: Json; readonly most: number },
): Promise<StreamPage> {
  const { end } = source;
  const params: StreamPageParams = {
    stage: source.stage,
    folder: end?.how === 'whole' ? end.folder : null,
    cursor: page.cursor,
    most: page.most,
    wait_ms: end === null ? STREAM_WAIT_MS : 0,
  };
  const reader = {
    ...stage,
    id: `${stage.id}.stream.${page.number}`,
    name: `${stage.name}, page ${page.number}`,
    artifacts: [],
    task_queue: null,
    timeout_ms: STREAM_PAGE_MS,
    total_timeout_ms: null,
  };
  const task = context.memory.taskOf(reader, params, []);
  const options = {
    ...activityOptions(reader),
    retry: { maximumAttempts: 10 },
    cancellationType: ActivityCancellationType.ABANDON,
  };
  return scheduleActivity<TaskResult>(ACTIVITY.mapStream, [task], options).then(
    ({ output }) => output as unknown as StreamPage,
  );
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
