import type { BackfillPlan, PlannedPartition } from '../../backfill/plan-backfill.js';
import type { CliContext } from '../context.js';
import { formatTable } from '../output.js';

const COLUMNS = [
  { title: 'Partitions' },
  { title: 'Count', align: 'right' as const },
  { title: '' },
  { title: 'Why' },
];

/** Prints what a backfill would do. People see partitions in a row that fare alike as one line. */
export function printBackfillPlan(cli: CliContext, planned: BackfillPlan): void {
  const { partitions, input: _input, ...rest } = planned;
  if (cli.isJson) {
    return cli.json({ ...rest, will_run: partitions.filter(willRun).length, partitions });
  }
  const colours = cli.colours.stdout;
  const groups = grouped(partitions);
  const rows = groups.map((group) => [span(group), String(group.length), wordOf(group[0]), reasonOf(group)]);
  cli.print(formatTable(COLUMNS, rows, colours));
  const count = partitions.filter(willRun).length;
  cli.print(`\n${count} of ${partitions.length} partitions of ${planned.pipeline} would run.`);
}

function willRun({ status }: PlannedPartition): boolean {
  return status === 'pending';
}

/** Of those that succeeded each did so at another time, so the time is left out of what makes a group. */
function grouped(partitions: readonly PlannedPartition[]): readonly (readonly PlannedPartition[])[] {
  const groups: PlannedPartition[][] = [];
  for (const partition of partitions) {
    const last = groups.at(-1);
    const [before] = last ?? [];
    const isAlike = before !== undefined && alike(before) === alike(partition);
    if (isAlike) last?.push(partition);
    else groups.push([partition]);
  }
  return groups;
}

function alike({ status, last_run }: PlannedPartition): string {
  return `${status} ${last_run?.status ?? ''}`;
}

function span(group: readonly PlannedPartition[]): string {
  const [first, last] = [group[0]?.key ?? '', group.at(-1)?.key ?? ''];
  return group.length === 1 ? first : `${first} … ${last}`;
}

function wordOf(partition: PlannedPartition | undefined): string {
  switch (partition?.status) {
    case 'pending':
      return 'would run';
    case 'done_before':
      return 'is done';
    default:
      return 'left out';
  }
}

function reasonOf(group: readonly PlannedPartition[]): string {
  const [first] = group;
  if (first === undefined) return '';
  return group.length === 1 || first.last_run === null ? first.reason : first.reason.replace(/ at \S+$/, '');
}
