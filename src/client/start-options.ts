import { WATCH_MEMO, watchOf } from '../engine/health/watch.js';
import { originOf } from '../engine/reuse.js';
import type { RunInput } from '../engine/run-input.js';
import type { Json, JsonObject } from '../shared/json.js';

const MEMO_VALUE_LIMIT = 200;
const MEMO_INPUTS_LIMIT = 20;

/** The memo of a run: what a list of runs shows beside its search attributes. Big values are left out. */
export function memoOf(input: RunInput): Record<string, unknown> {
  const { plan, mode, inputs } = input;
  const watch = watchOf(plan);
  return {
    pipeline: plan.pipeline,
    version: plan.version,
    ...(plan.description === undefined ? {} : { description: shorten(plan.description) }),
    ...(mode === null ? {} : { mode }),
    stages: plan.stages.length,
    inputs: smallInputs(inputs),
    ...(input.reuse === undefined ? {} : { resumed_from: originOf(input.reuse) }),
    ...(input.partition === undefined ? {} : { partition: input.partition }),
    ...(input.forced_past === undefined ? {} : { forced: input.forced_past }),
    ...(watch === null ? {} : { [WATCH_MEMO]: watch }),
  };
}

/** One line that the Web UI shows beside the workflow ID. */
export function summaryOf(input: RunInput): string {
  const { plan, mode } = input;
  const what = plan.description?.split('\n')[0]?.trim() ?? plan.pipeline;
  return shorten(`${what}${mode === null ? '' : ` (mode ${mode})`}`);
}

/** Markdown that the Web UI shows on the page of the run. */
export function detailsOf(input: RunInput): string {
  const { plan, mode, inputs } = input;
  const facts: readonly (readonly [string, string])[] = [
    ['Pipeline', `${plan.pipeline} ${plan.version}`],
    ['Stages', String(plan.stages.length)],
    ...(mode === null ? [] : [['Mode', mode] as const]),
    ...(plan.author === undefined ? [] : [['Author', plan.author] as const]),
    ...(plan.tags.length === 0 ? [] : [['Tags', plan.tags.join(', ')] as const]),
    ...Object.entries(plan.labels),
  ];
  const given = Object.entries(smallInputs(inputs)).map(
    ([name, value]) => `| Input \`${cell(name)}\` | \`${cell(JSON.stringify(value))}\` |`,
  );
  const head = plan.description === undefined ? [] : [plan.description.trim(), ''];
  return [
    ...head,
    '| | |',
    '|---|---|',
    ...facts.map(([name, value]) => `| ${cell(name)} | ${cell(value)} |`),
    ...given,
  ].join('\n');
}

function smallInputs(inputs: JsonObject): JsonObject {
  const small = Object.entries(inputs)
    .slice(0, MEMO_INPUTS_LIMIT)
    .map(([name, value]): [string, Json] => {
      const size = JSON.stringify(value).length;
      return [name, size <= MEMO_VALUE_LIMIT ? value : `(${size} characters of JSON)`];
    });
  return Object.fromEntries(small);
}

function shorten(text: string): string {
  return text.length <= MEMO_VALUE_LIMIT ? text : `${text.slice(0, MEMO_VALUE_LIMIT - 1)}…`;
}

/** Markdown tables end a cell at a bar and a row at a line break. */
function cell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('`', "'");
}
