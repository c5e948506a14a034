import { inputViolations } from '../../engine/check-inputs.js';
import type { InputSpec } from '../../engine/plan.js';
import type { Path, Reporter } from '../reporter.js';
import type { InputDefinition } from '../schema/input-schema.js';

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

/** Where an input stands and what messages call it. */
export type InputPlace = { readonly path: Path; readonly subject: string; readonly stage: string | null };

/** Checks what the schema cannot say about one input of a pipeline or field of an approval. */
export function checkInput(input: InputDefinition, place: InputPlace, reporter: Reporter): void {
  const { path, subject, stage } = place;
  const report = (key: string, message: string): void => {
    reporter.report({ code: 'bad-input', path: [...path, key], message: `${subject} ${message}`, stage });
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
