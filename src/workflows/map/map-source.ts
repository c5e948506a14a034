import { scheduleActivity } from '@temporalio/workflow';
import type { ItemSource } from '../../engine/map-shard.js';
import type { StagePlan } from '../../engine/plan.js';
import { resolveTemplate } from '../../expressions/template.js';
import type { Scope } from '../../expressions/scope.js';
import { isJsonObject, type Json } from '../../shared/json.js';
import type { Page } from '../../shared/map-task.js';
import { ACTIVITY } from '../../shared/names.js';
import type { TaskResult } from '../../shared/task.js';
import { activityOptions } from '../activity-options.js';
import type { StageRunContext } from '../stages/stage-context.js';

/** Most items of a range: beyond it the bookkeeping itself would be the work. */
const LARGEST_RANGE = 100_000_000;

/** What a map goes over, with its expressions resolved; a text says what is wrong with it. */
export function resolveSource(stage: StagePlan, scope: Scope): ItemSource | string {
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

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
