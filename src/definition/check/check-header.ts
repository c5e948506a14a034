import type { Json } from '../../shared/json.js';
import type { Draft } from '../draft.js';
import type { Reporter } from '../reporter.js';
import { listNames, suggest } from '../suggest.js';
import { checkInput } from './check-input.js';
import { checkNoExpressions, checkTemplate } from './check-template.js';
import type { Names } from './names.js';

/** Keys of the header that hold expressions, or are checked elsewhere. */
const EVALUATED = new Set(['alerts', 'fairness', 'outputs', 'variables', 'modes']);

/** Checks what the schema cannot say about everything but the stages. */
export function checkHeader(draft: Draft, names: Names, reporter: Reporter): void {
  const { header } = draft;
  for (const [key, value] of Object.entries(header)) {
    if (!EVALUATED.has(key)) checkNoExpressions(value as Json, [key], null, reporter);
  }
  for (const [name, input] of Object.entries(header.inputs ?? {})) {
    checkInput(input, { path: ['inputs', name], subject: `input "${name}"`, stage: null }, reporter);
  }
  checkFairness(draft, names, reporter);
  checkSecrets(header.secrets ?? [], reporter);
  checkModes(draft, names, reporter);
  for (const [name, value] of Object.entries(header.outputs ?? {})) {
    const place = { path: ['outputs', name], stage: null, list: 'outputs', names, reporter } as const;
    checkTemplate(value, { ...place, secrets: false, uses: () => undefined });
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

/** The key is filled in before the run starts, when no stage has run. */
function checkFairness({ header }: Draft, names: Names, reporter: Reporter): void {
  const key = header.fairness?.key;
  if (key === undefined) return;
  const path = ['fairness', 'key'];
  const uses = (stage: string): void => {
    const message = `\`fairness.key\` is needed before the run starts, and "${stage}" has no result by then; use inputs and variables`;
    reporter.report({ code: 'expression-not-allowed', path, message });
  };
  checkTemplate(key, { path, stage: null, list: 'outputs', names, reporter, secrets: false, uses });
}
