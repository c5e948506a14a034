import stringWidth from 'string-width';
import { streamedStage } from '../../engine/map-plan.js';
import type { HookName, RetryPlan, StageKind } from '../../engine/plan.js';
import type { CachePlan } from '../../engine/stage-extras.js';
import { formatMs, shorten } from '../graph/describe-action.js';
import { mapWords, poolWords } from '../graph/describe-map.js';
import type { Colours } from './context.js';
import { formatTable } from './output.js';
import type { Column } from './output.js';
import type { PlanDocument, PlannedStage } from './plan-view.js';
import { scheduleWords } from './schedules/schedule-words.js';

/** The plan for people: a line of facts, the waves as a table, the hooks, the longest chain. */
export function formatPlan(plan: PlanDocument, colours: Colours): string {
  const critical = new Set(plan.critical_path);
  const rows = plan.waves.flatMap((wave, index) =>
    wave.map((id) => stageRow(String(index + 1), id, plan.stages[id], critical.has(id), colours)),
  );
  const shown = rows.slice(0, MAX_ROWS);
  const left = rows.length - shown.length;
  const parts = [
    heading(plan, colours),
    formatTable(columnsFor(TITLES, shown), shown, colours),
    ...(left === 0 ? [] : [`… and ${left} more stages. With --json all are shown.`]),
    ...hookParts(plan, colours),
    ...fanOutAndPools(plan),
    colours.dim(legend(plan)),
  ];
  return parts.join('\n\n');
}

/** Nobody reads more, and laying out a table of thousands of rows takes many seconds. */
const MAX_ROWS = 500;
const TITLES = ['WAVE', 'STAGE', 'DOES', 'AFTER', 'TIMEOUT', 'RETRY', 'WHEN'] as const;
/** Longer lists and conditions go on in the next line. */
const WRAP_AT: Readonly<Record<string, number>> = { AFTER: 32, WHEN: 48 };

function columnsFor(titles: readonly string[], rows: ReadonlyArray<readonly string[]>): readonly Column[] {
  return titles.map((title, index) => {
    const limit = WRAP_AT[title] ?? Infinity;
    const isLong = rows.some((row) => stringWidth(row[index] ?? '') > limit);
    return {
      title,
      ...(title === 'WAVE' ? { align: 'right' as const } : {}),
      ...(isLong ? { width: limit } : {}),
    };
  });
}

/** Kinds that the run itself does, without attempts. */
const TIMELESS: ReadonlySet<StageKind> = new Set(['gate', 'set', 'sleep', 'until', 'approval', 'canary']);

function heading(plan: PlanDocument, colours: Colours): string {
  const count = Object.keys(plan.stages).length;
  const facts = [
    `${count} ${count === 1 ? 'stage' : 'stages'} in ${plan.waves.length} ${plan.waves.length === 1 ? 'wave' : 'waves'}`,
    plan.scheduling,
    plan.failure,
    ...(plan.mode === null ? [] : [`mode ${plan.mode}`]),
    ...(plan.max_parallel_stages === null ? [] : [`at most ${plan.max_parallel_stages} at once`]),
    ...(plan.timeout_ms === null ? [] : [`timeout ${formatMs(plan.timeout_ms)}`]),
  ];
  const title = `${colours.bold(plan.pipeline)} ${plan.version}  ${colours.dim(facts.join(' · '))}`;
  const schedules = plan.schedules.map((schedule) => colours.dim(`schedule ${scheduleWords(schedule)}`));
  return [title, ...(plan.description === null ? [] : [plan.description]), ...schedules].join('\n');
}

function stageRow(
  wave: string,
  id: string,
  stage: PlannedStage | undefined,
  isCritical: boolean,
  colours: Colours,
): readonly string[] {
  if (stage === undefined) return [wave, id, '', '', '', '', ''];
  const row = [
    wave,
    isCritical ? `${id} *` : id,
    shorten(`${stage.kind} ${stage.action}`, 40),
    stage.depends_on.map((need) => needWords(need, stage)).join(', '),
    ...(TIMELESS.has(stage.kind) ? ['', ''] : [formatMs(stage.timeout_ms), retryWords(stage.retry)]),
    whenWords(stage),
  ];
  return stage.skip_reason === null ? row : row.map((cell) => colours.dim(cell));
}

function needWords(need: string, { implied, map }: PlannedStage): string {
  if (streamedStage(map) === need) return `${need} (stream)`;
  return implied.includes(need) ? `${need}~` : need;
}

function retryWords(retry: RetryPlan): string {
  if (retry.max_attempts === 1) return 'no';
  const times = retry.max_attempts === 0 ? 'without limit' : `${retry.max_attempts}×`;
  const growth = retry.backoff === 1 ? '' : ` ×${retry.backoff} to ${formatMs(retry.max_delay_ms)}`;
  return `${times} after ${formatMs(retry.initial_delay_ms)}${growth}`;
}

function whenWords(stage: PlannedStage): string {
  const parts = [
    ...(stage.skip_reason === null ? [] : [stage.skip_reason === 'mode' ? 'not in this mode' : 'disabled']),
    ...(stage.run_when === 'all_succeeded' ? [] : [stage.run_when]),
    ...(stage.condition === null ? [] : [`if ${shorten(stage.condition, 60)}`]),
    ...(stage.continue_on_error ? ['may fail'] : []),
    ...(stage.cache === null ? [] : [cacheWords(stage.cache)]),
  ];
  return parts.join(', ');
}

function cacheWords({ max_age_ms }: CachePlan): string {
  return max_age_ms === null ? 'cached' : `cached for ${formatMs(max_age_ms)}`;
}

function hookParts(plan: PlanDocument, colours: Colours): readonly string[] {
  const names = (Object.keys(plan.hooks) as HookName[]).filter(
    (name) => Object.keys(plan.hooks[name]).length > 0,
  );
  if (names.length === 0) return [];
  const rows = names.flatMap((name) =>
    Object.entries(plan.hooks[name]).map(([id, stage]) => [
      name,
      ...stageRow('', id, stage, false, colours).slice(1),
    ]),
  );
  return [formatTable(columnsFor(['HOOK', ...TITLES.slice(1)], rows), rows, colours)];
}

/** What does not fit into a cell: what stages run for, and the slots that they share. */
function fanOutAndPools(plan: PlanDocument): readonly string[] {
  const all = [plan.stages, ...Object.values(plan.hooks)].flatMap((stages) => Object.entries(stages));
  const lines = all.flatMap(([id, { map, pools }]) => [
    ...(map === null ? [] : [`${id} runs for ${mapWords(map)}`]),
    ...(pools.length === 0 ? [] : [`${id} takes slots of pools: ${poolWords(pools)}`]),
  ]);
  if (lines.length === 0) return [];
  const left = lines.length - MAX_ROWS;
  return [[...lines.slice(0, MAX_ROWS), ...(left > 0 ? [`… and ${left} more.`] : [])].join('\n')];
}

function legend(plan: PlanDocument): string {
  const hasImplied = Object.values(plan.stages).some(({ implied, map }) =>
    implied.some((need) => need !== streamedStage(map)),
  );
  const path = plan.critical_path;
  const shown = path.length > 12 ? [...path.slice(0, 6), '…', ...path.slice(-5)] : path;
  return [
    `* longest chain: ${shown.join(' → ')}`,
    ...(hasImplied ? ['~ implied by an expression'] : []),
  ].join('\n');
}
