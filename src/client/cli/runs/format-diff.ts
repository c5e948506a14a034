import type { Pair, RunDiff, RunFacts, StageDiff } from '../../diff/compare-runs.js';
import { type Difference, shown } from '../../resume/differences.js';
import { oneLine } from '../../render/printable.js';
import { duration } from '../../render/wording.js';
import type { Colours } from '../context.js';
import { formatTable } from '../output.js';

const MOST_LISTED = 5;

/** Two runs side by side, as people read them: first a table of the stages, then what differs in words. */
export function formatDiff(diff: RunDiff, colours: Colours): string {
  const [first, second] = diff.runs;
  const rows = Object.entries(diff.stages).map(([id, stage]) => stageRow(id, stage, colours));
  const columns = [{ title: 'Stage' }, { title: 'Status' }, { title: 'Time' }, { title: 'Differs in' }];
  const blocks = [
    ...block('Inputs', diff.inputs, colours),
    ...block('Variables', diff.variables, colours),
    ...Object.entries(diff.stages).flatMap(([id, stage]) => stageBlocks(id, stage, colours)),
    ...block('Outputs', diff.outputs, colours),
  ];
  const head = [runLine('-', first, colours.red), runLine('+', second, colours.green)];
  const verdict = diff.differs ? [] : ['The runs do not differ but in their times.'];
  return [
    ...head,
    '',
    formatTable(columns, rows, colours),
    ...blocks.flatMap((text) => ['', text]),
    ...verdict,
  ]
    .join('\n')
    .trimEnd();
}

function runLine(sign: string, run: RunFacts, colour: Colours['red']): string {
  const { workflow_id, version, status, started_at, duration_ms } = run;
  const when = started_at.slice(0, 19).replace('T', ' ');
  return `${colour(`${sign} ${oneLine(workflow_id)}`)}  ${oneLine(version)}  ${status.replace('_', ' ')} in ${duration(duration_ms)}, ${when}`;
}

function stageRow(id: string, stage: StageDiff, colours: Colours): readonly string[] {
  const parts = [
    ...(stage.versions.length > 0 ? ['version'] : []),
    ...(stage.definition.length > 0 ? ['definition'] : []),
    ...(stage.inputs.length > 0 ? ['inputs'] : []),
    ...(stage.output.length > 0 ? ['output'] : []),
  ];
  return [
    oneLine(id),
    pairWords(stage.status, (status) => (status ?? 'not there').replaceAll('_', ' ')),
    pairWords(stage.duration_ms, (ms) => (ms === null ? '–' : duration(ms))),
    parts.length === 0 ? '' : colours.yellow(parts.join(', ')),
  ];
}

function pairWords<T>([first, second]: Pair<T>, words: (value: T) => string): string {
  const [a, b] = [words(first), words(second)];
  return a === b ? a : `${a} → ${b}`;
}

function stageBlocks(id: string, stage: StageDiff, colours: Colours): readonly string[] {
  const title = oneLine(id);
  return [
    ...block(`${title}: versions`, stage.versions, colours),
    ...block(`${title}: definition`, stage.definition, colours),
    ...block(`${title}: inputs`, stage.inputs, colours),
    ...block(`${title}: output`, stage.output, colours),
  ];
}

function block(title: string, list: readonly Difference[], colours: Colours): readonly string[] {
  if (list.length === 0) return [];
  const lines = list.slice(0, MOST_LISTED).flatMap((difference) => lineOf(difference, colours));
  const rest = list.length > MOST_LISTED ? [colours.dim(`  … and ${list.length - MOST_LISTED} more`)] : [];
  return [[colours.bold(title), ...lines, ...rest].join('\n')];
}

function lineOf({ path, before, after }: Difference, colours: Colours): readonly string[] {
  const name = path === '' ? '' : `${oneLine(path)}: `;
  return [
    ...(before === undefined ? [] : [colours.red(`  - ${name}${oneLine(shown(before, 100))}`)]),
    ...(after === undefined ? [] : [colours.green(`  + ${name}${oneLine(shown(after, 100))}`)]),
  ];
}
