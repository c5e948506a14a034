import { inputViolations } from '../../engine/check-inputs.js';
import type { InputSpec } from '../../engine/plan.js';
import type { Json } from '../../shared/json.js';
import type { Draft } from '../draft.js';
import type { Reporter } from '../reporter.js';
import type { InputDefinition } from '../schema/header-schema.js';
import { listNames, suggest } from '../suggest.js';
import { checkNoExpressions, checkTemplate } from './check-template.js';
import type { Names } from './names.js';

/** Keys of the header that hold expressions, or are checked elsewhere. */
const EVALUATED = new Set(['outputs', 'variables', 'modes']);

/** Checks what the schema cannot say about everything but the stages. */
export function checkHeader(draft: Draft, names: Names, reporter: Reporter): void {
  const { header } = draft;
  for (const [key, value] of Object.entries(header)) {
    if (!EVALUATED.has(key)) checkNoExpressions(value as Json, [key], null, reporter);
  }
  for (const [name, input] of Object.entries(header.inputs ?? {})) checkInput(name, input, reporter);
  checkSecrets(header.secrets ?? [], reporter);
  checkModes(draft, names, reporter);
  for (const [name, value] of Object.entries(header.outputs ?? {})) {
    const place = { path: ['outputs', name], stage: null, list: 'outputs', names, reporter } as const;
    checkTemplate(value, { ...place, secrets: false, uses: () => undefined });
  }
}

const LIMITS: Readonly<Record<string, readonly InputDefinition['type'][]>> = {
  pattern: ['string'],
  min_length: ['string'],
  max_length: ['string'],
  minimum: ['integer', 'number'],
  maximum: ['integer', 'number'],
  exclusive_minimum: ['integer', 'number'],
  exclusive_maximum: ['integer', 'number'],
  multiple_of: ['integer', 'number'],
  min_items: ['list'],
  max_items: ['list'],
  unique_items: ['list'],
};

const RANGES = [
  ['minimum', 'maximum'],
  ['min_length', 'max_length'],
  ['min_items', 'max_items'],
] as const;

function checkInput(name: string, input: InputDefinition, reporter: Reporter): void {
  const at = ['inputs', name];
  const report = (key: string, message: string): void => {
    reporter.report({ code: 'bad-input', path: [...at, key], message: `input "${name}" ${message}` });
  };
  for (const [limit, types] of Object.entries(LIMITS)) {
    if (!Object.hasOwn(input, limit) || types.includes(input.type)) continue;
    report(limit, `is of type ${input.type}; \`${limit}\` fits only ${types.join(' and ')}`);
  }
  for (const [low, high] of RANGES) {
    const [from, to] = [input[low], input[high]];
    if (from !== undefined && to !== undefined && from > to) {
      report(high, `allows nothing: \`${low}\` is ${from}, \`${high}\` is ${to}`);
    }
  }
  const { pattern, ...rest } = input;
  const isPatternGood = pattern === undefined || isPattern(pattern);
  if (!isPatternGood) report('pattern', `has a \`pattern\` that is not a regular expression: ${pattern}`);
  const spec = (isPatternGood ? input : rest) as InputSpec;
  checkExamples(spec, report);
}

function checkExamples(spec: InputSpec, report: (key: string, message: string) => void): void {
  const { enum: allowed, ...open } = spec;
  for (const value of allowed ?? []) {
    const [violation] = inputViolations(open, value);
    if (violation !== undefined) report('enum', `has a value in \`enum\` that does not fit: it ${violation}`);
  }
  if (spec.default === undefined || spec.default === null) return;
  for (const violation of inputViolations(spec, spec.default)) {
    report('default', `has a default that does not fit: it ${violation}`);
  }
}

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

function checkSecrets(secrets: readonly string[], reporter: Reporter): void {
  for (const i of repeated(secrets)) {
    const message = `\`secrets\` lists "${secrets[i] ?? ''}" twice`;
    reporter.report({ code: 'duplicate-item', path: ['secrets', i], message });
  }
}

function checkModes(draft: Draft, names: Names, reporter: Reporter): void {
  const known = [...names.stages];
  for (const [mode, { stages = [] }] of Object.entries(draft.header.modes ?? {})) {
    const at = ['modes', mode, 'stages'];
    for (const [i, id] of stages.entries()) {
      if (names.stages.has(id)) continue;
      const message = `mode "${mode}" selects "${id}", which does not exist. Stages here: ${listNames(known)}.`;
      const suggestion = (): string | null => suggest(id, known);
      reporter.report({ code: 'unknown-mode-stage', path: [...at, i], message, suggestion });
    }
    for (const i of repeated(stages)) {
      const message = `mode "${mode}" selects "${stages[i] ?? ''}" twice`;
      reporter.report({ code: 'duplicate-item', path: [...at, i], message });
    }
  }
}

/** Positions of items that stand earlier in the list too. */
function repeated(list: readonly string[]): readonly number[] {
  const seen = new Set<string>();
  return list.flatMap((item, i) => (seen.size === seen.add(item).size ? [i] : []));
}
