import { oneLine } from '../../render/printable.js';
import type { ScheduleAction } from '../../schedules/plan-schedules.js';
import type { Colours } from '../context.js';
import { formatTable } from '../output.js';
import { clockWords, haveSeconds, type ScheduleView, type SchedulesDocument, utcWords } from './plan-view.js';

/** What would be done to each schedule, and its next times, for people. */
export function formatSchedules({ schedules, conflicts }: SchedulesDocument, colours: Colours): string {
  const blocks = schedules.map((schedule) => formatOne(schedule, colours));
  const problems = conflicts.map(({ severity, message }) => {
    const mark = severity === 'error' ? colours.red('conflict') : colours.yellow('warning');
    return `${mark} ${oneLine(message)}`;
  });
  return [...blocks, ...(problems.length === 0 ? [] : [problems.join('\n')])].join('\n\n');
}

/** The mark and the words of each action. */
export function actionWords(action: ScheduleAction, colours: Colours): string {
  switch (action) {
    case 'create':
      return colours.green('+ create');
    case 'update':
      return colours.yellow('~ update');
    case 'delete':
      return colours.red('- delete');
    case 'refuse':
      return colours.red('! not ours');
    case 'unchanged':
      return colours.dim('= unchanged');
    default:
      return colours.dim('? unknown');
  }
}

function formatOne(schedule: ScheduleView, colours: Colours): string {
  const { id, action, changes, paused, mode, timezone, next, computed_until } = schedule;
  const facts = [
    ...(changes.length === 0 ? [] : [changes.join(', ')]),
    ...(mode === null ? [] : [`mode ${mode}`]),
    ...(paused === true ? [colours.yellow('paused')] : []),
    ...(computed_until === null ? [] : [`days known until ${computed_until}`]),
  ];
  const head = [actionWords(action, colours), colours.bold(oneLine(id)), ...facts].join('  ');
  if (timezone === null || next.length === 0) return head;
  const exact = haveSeconds(next.map(({ at }) => at));
  const rows = next.map(({ at, closed }) => [
    clockWords(at, timezone, exact),
    utcWords(at, exact),
    closed === null ? '' : colours.dim(`no run: ${oneLine(closed)}`),
  ]);
  return `${head}\n${formatTable([{ title: timezone }, { title: 'UTC' }, { title: '' }], rows, colours)}`;
}
