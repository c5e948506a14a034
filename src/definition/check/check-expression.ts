import { isItemName } from '../../expressions/environment.js';
import { inspectExpression, type NameUse } from '../../expressions/inspect.js';
import { ITEM_NAMES, ROOT_NAMES } from '../../expressions/scope.js';
import type { StageList } from '../draft.js';
import type { Path, Reporter } from '../reporter.js';
import { listNames, suggest } from '../suggest.js';
import type { Names } from './names.js';

/** Where an expression stands. */
export type ExpressionPlace = {
  readonly path: Path;
  /** Characters before the expression inside its string. */
  readonly start: number;
  /** ID of the stage for messages, or null outside of stages. */
  readonly stage: string | null;
  readonly list: StageList | 'outputs' | 'alerts';
  /** What messages begin with, where it is neither a stage nor an output. */
  readonly subject?: string;
  /** Names of an item and what goes with it, inside a map. */
  readonly items?: readonly string[];
  readonly names: Names;
  readonly reporter: Reporter;
  /** Called for each existing stage that the expression uses. */
  readonly uses: (stage: string) => void;
};

const STAGE_FIELDS = ['output', 'status', 'metrics', 'error'];
const RUN_FIELDS = [
  'id',
  'workflow_id',
  'pipeline',
  'version',
  'mode',
  'attempt',
  'started_at',
  'scheduled_at',
  'partition',
];
const PARTITION_FIELDS = ['start', 'end', 'key', 'index'];

/** Checks one expression: its syntax, its types, and the names it uses. */
export function checkExpression(
  source: string,
  place: ExpressionPlace,
  wanted: 'bool' | 'any' = 'any',
): void {
  if (source.trim() === '') {
    return report(place, { code: 'bad-expression', message: 'has an empty expression here', offset: 0 });
  }
  const inspected = inspectExpression(source);
  if (inspected.problem !== null) {
    const { message, offset } = inspected.problem;
    const isSecret = message.startsWith('`secrets`');
    const isName = message.includes('is not a known name');
    const code = isSecret ? 'secret-not-allowed' : isName ? 'unknown-name' : 'bad-expression';
    const name = /^`(\w+)`/.exec(message)?.[1];
    const known = [...ROOT_NAMES, ...(place.items ?? [])];
    const suggestion = isName && name !== undefined ? suggest(name, known) : null;
    const said = isName ? message.replace(ROOT_NAMES.join(', '), known.join(', ')) : message;
    report(place, { code, message: `in \`${shorten(source)}\`: ${said}`, offset, suggestion });
    return;
  }
  if (wanted === 'bool' && inspected.type !== 'bool' && inspected.type !== 'dyn') {
    const type = TYPE_WORDS[inspected.type] ?? `a ${inspected.type}`;
    const message = `\`${shorten(source)}\` gives ${type}, it must give true or false`;
    report(place, { code: 'bad-expression', message, offset: 0 });
  }
  for (const use of inspected.names) checkName(use, place);
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  double: 'a number',
  string: 'a string',
  list: 'a list',
  map: 'an object',
  null: 'null',
};

type Report = Pick<Parameters<Reporter['report']>[0], 'code' | 'message' | 'suggestion'> & {
  readonly offset: number;
};

function report(place: ExpressionPlace, { offset, ...finding }: Report): void {
  const { path, list, start, stage, reporter } = place;
  const subject = place.subject ?? (list === 'outputs' ? `output "${String(path[1])}" ` : '');
  const message = `${subject}${finding.message}`;
  reporter.report({ ...finding, message, path, offset: start + offset, stage });
}

function checkName(use: NameUse, place: ExpressionPlace): void {
  switch (use.root) {
    case 'inputs':
      return checkDeclared(use, place, place.names.inputs, 'Inputs');
    case 'variables':
      return checkDeclared(use, place, place.names.variables, 'Variables');
    case 'stages':
      return checkStageUse(use, place);
    case 'run':
      return checkRunUse(use, place);
    default:
      return checkItemUse(use, place);
  }
}

/** Names of items are known to the parser wherever they stand, because it has no place. */
function checkItemUse({ root, offset }: NameUse, place: ExpressionPlace): void {
  const items = place.items ?? [];
  if (!isItemName(root) || items.includes(root)) return;
  const isOwn = (ITEM_NAMES as readonly string[]).includes(root);
  const names = [...ROOT_NAMES, ...items];
  const message =
    items.length === 0 && isOwn
      ? `uses \`${root}\`, which exists only inside a map`
      : `uses \`${root}\`, which is not a known name. Names here: ${names.join(', ')}`;
  report(place, {
    code: 'unknown-name',
    message,
    offset,
    suggestion: () => (items.length === 0 ? null : suggest(root, names)),
  });
}

function checkDeclared(
  use: NameUse,
  place: ExpressionPlace,
  known: ReadonlySet<string> | null,
  what: string,
): void {
  const [step] = use.path;
  if (step === undefined || known === null || known.has(step.name)) return;
  const names = [...known];
  report(place, {
    code: 'unknown-name',
    message: `uses \`${use.root}.${step.name}\`, which does not exist. ${what} here: ${listNames(names)}`,
    offset: step.offset,
    suggestion: () => suggest(step.name, names),
  });
}

function checkStageUse(use: NameUse, place: ExpressionPlace): void {
  const [step, field] = use.path;
  if (step === undefined) {
    const message = 'uses `stages` without a literal ID; write `stages.ID` or `stages["my-id"]`';
    return report(place, { code: 'unknown-name', message, offset: use.offset });
  }
  if (!isReachable(step.name, step.offset, place)) return;
  place.uses(step.name);
  if (field === undefined || STAGE_FIELDS.includes(field.name)) return;
  report(place, {
    code: 'unknown-name',
    message: `uses \`stages.${step.name}.${field.name}\`, which does not exist. A stage has: ${STAGE_FIELDS.join(', ')}`,
    offset: field.offset,
    suggestion: () => suggest(field.name, STAGE_FIELDS),
  });
}

/** True when the named stage exists and has its turn before this place. */
function isReachable(id: string, offset: number, place: ExpressionPlace): boolean {
  const { names, list } = place;
  if (names.stages.has(id)) return true;
  const hook = names.hooks.get(id);
  if (hook !== undefined && hook === list) return true;
  if (hook !== undefined) {
    const message = `uses \`stages.${id}\`, which is a stage of \`${hook}\` and has not run by then`;
    report(place, { code: 'hook-dependency', message, offset });
    return false;
  }
  const known = [...names.stages];
  const message = `uses \`stages.${id}\`, which does not exist. Stages here: ${listNames(known)}`;
  report(place, { code: 'unknown-name', message, offset, suggestion: () => suggest(id, known) });
  return false;
}

function checkRunUse(use: NameUse, place: ExpressionPlace): void {
  const [step, field] = use.path;
  const isHook = place.list !== 'stages' && place.list !== 'outputs' && place.list !== 'alerts';
  const known = isHook ? [...RUN_FIELDS, 'status'] : RUN_FIELDS;
  if (step?.name === 'partition' && field !== undefined && !PARTITION_FIELDS.includes(field.name)) {
    return report(place, {
      code: 'unknown-name',
      message: `uses \`run.partition.${field.name}\`, which does not exist. \`run.partition\` has: ${PARTITION_FIELDS.join(', ')}`,
      offset: field.offset,
      suggestion: () => suggest(field.name, PARTITION_FIELDS),
    });
  }
  if (step === undefined || known.includes(step.name)) return;
  const hint = step.name === 'status' ? '`run.status` exists only in hooks. ' : '';
  report(place, {
    code: 'unknown-name',
    message: `uses \`run.${step.name}\`, which does not exist. ${hint}\`run\` has: ${known.join(', ')}`,
    offset: step.offset,
    suggestion: () => suggest(step.name, known),
  });
}

function shorten(source: string): string {
  const line = source.trim().replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
