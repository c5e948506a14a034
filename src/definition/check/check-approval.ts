import { APPROVAL_OUTPUT_NAMES } from '../../engine/approval.js';
import { hasExpression } from '../../expressions/inspect.js';
import type { Json } from '../../shared/json.js';
import type { StageEntry } from '../draft.js';
import type { Reporter } from '../reporter.js';
import { checkInput } from './check-input.js';
import { checkNoExpressions, checkTemplate, type TemplatePlace } from './check-template.js';

type PlaceOf = (keys: readonly (string | number)[]) => Omit<TemplatePlace, 'secrets'>;

/** Settings of other kinds that would mean nothing for people, and what to say instead. */
const MISFITS: Readonly<Record<string, string>> = {
  timeout: 'write `approval.timeout`, which bounds the wait',
  total_timeout: 'write `approval.timeout`, which bounds the wait',
  queue_timeout: 'no worker takes it',
  heartbeat_timeout: 'no worker takes it',
  retry: 'a rejection is not asked again',
  priority: 'no worker takes it',
  hold_on_failure: 'people have decided already',
  fallback: 'a rejection would mean nothing',
  cache: 'each run asks anew',
  map: 'ask once, and show the list as `evidence`, or map over a `pipeline` that asks about its item',
};

/** Checks what the schema cannot say about an approval. */
export function checkApproval(entry: StageEntry, placeOf: PlaceOf, reporter: Reporter): void {
  const { approval } = entry.data;
  if (approval === undefined || entry.kind !== 'approval') return;
  const report = (code: 'key-not-for-kind' | 'wrong-value', keys: readonly string[], message: string): void =>
    reporter.report({
      code,
      path: [...entry.path, ...keys],
      key: code === 'key-not-for-kind',
      message,
      stage: entry.label,
    });
  for (const [key, hint] of Object.entries(MISFITS)) {
    if (!Object.hasOwn(entry.raw, key)) continue;
    report('key-not-for-kind', [key], `\`${key}\` does not fit \`approval\` stages: ${hint}`);
  }
  if (entry.list !== 'stages') {
    const message = `is an approval in \`${entry.list}\`; people cannot be asked once the run has ended`;
    report('wrong-value', ['approval'], message);
  }
  for (const key of ['message', 'approvers', 'evidence'] as const) {
    const value = approval[key];
    if (value !== undefined) checkTemplate(value, { ...placeOf(['approval', key]), secrets: false });
  }
  checkCount(approval, report);
  checkFields(entry, reporter, report);
}

type Approval = NonNullable<StageEntry['data']['approval']>;

function checkCount(
  { approvers = [], required = 1 }: Approval,
  report: (code: 'wrong-value', keys: readonly string[], message: string) => void,
): void {
  const names = typeof approvers === 'string' ? [approvers] : approvers;
  if (names.some((name) => hasExpression(name))) return;
  const people = new Set(names).size;
  if (people === 0 || required <= people) return;
  const message = `\`required\` is ${required}, but \`approvers\` names ${people === 1 ? 'one person' : `${people} people`}`;
  report('wrong-value', ['approval', 'required'], message);
}

function checkFields(
  entry: StageEntry,
  reporter: Reporter,
  report: (code: 'wrong-value', keys: readonly string[], message: string) => void,
): void {
  const { fields = {}, on_timeout, ...rest } = entry.data.approval ?? { message: '' };
  const { path, label } = entry;
  for (const key of ['timeout', 'required'] as const) {
    checkNoExpressions(rest[key], [...path, 'approval', key], label, reporter);
  }
  checkNoExpressions(fields as unknown as Json, [...path, 'approval', 'fields'], label, reporter);
  for (const [name, field] of Object.entries(fields)) {
    const at = ['approval', 'fields', name];
    checkInput(
      field,
      { path: [...path, ...at], subject: `\`approval.fields.${name}\``, stage: label },
      reporter,
    );
    if ((APPROVAL_OUTPUT_NAMES as readonly string[]).includes(name)) {
      const message = `\`approval.fields.${name}\` has a name that the output has of its own; names taken: ${APPROVAL_OUTPUT_NAMES.join(', ')}`;
      report('wrong-value', at, message);
    }
    if (on_timeout === 'approve' && field.required === true && field.default === undefined) {
      const message = `\`approval.fields.${name}\` is required, but with \`on_timeout: approve\` nobody may give it; give it a default`;
      report('wrong-value', at, message);
    }
  }
}
