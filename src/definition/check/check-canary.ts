import { KPI_NAMES, TARGET_NAMES } from '../../engine/canary-plan.js';
import { declareItemName } from '../../expressions/environment.js';
import { hasExpression } from '../../expressions/inspect.js';
import type { StageEntry } from '../draft.js';
import type { Reporter } from '../reporter.js';
import type { CanaryDefinition } from '../schema/canary-schema.js';
import { shown } from '../schema/report-issues.js';
import { checkKpis } from './check-kpis.js';
import { type CanaryCheck, checkUrl, checkUses, hasOne } from './canary-check.js';
import { checkCanarySteps } from './check-canary-steps.js';
import { checkNoExpressions, checkTemplate, type TemplatePlace } from './check-template.js';

type PlaceOf = (keys: readonly (string | number)[]) => Omit<TemplatePlace, 'secrets'>;

/** Settings of other kinds that would mean something else here, and what to say instead. */
const MISFITS: Readonly<Record<string, string>> = {
  timeout: 'write `canary.timeout`, which bounds the whole and rolls back',
  total_timeout: 'write `canary.timeout`, which bounds the whole and rolls back',
  queue_timeout: 'write `canary.timeout`, which bounds the whole and rolls back',
  heartbeat_timeout: 'its requests have limits of their own',
  retry: 'what was rolled back is not tried again by itself; see `hold_on_failure`',
  fallback: 'a candidate that was rolled back would count as a success; see `continue_on_error`',
  map: 'one service has one canary at a time; write a stage for each service',
};

/** Checks what the schema cannot say about a canary. */
export function checkCanary(entry: StageEntry, placeOf: PlaceOf, reporter: Reporter): void {
  const { canary } = entry.data;
  if (canary === undefined || entry.kind !== 'canary') return;
  for (const name of [...TARGET_NAMES, ...KPI_NAMES]) declareItemName(name);
  const check = canaryCheck(entry, canary, placeOf, reporter);
  for (const [key, hint] of Object.entries(MISFITS)) {
    if (Object.hasOwn(entry.raw, key)) {
      check.report('key-not-for-kind', [key], `\`${key}\` does not fit \`canary\` stages: ${hint}`);
    }
  }
  if (entry.list !== 'stages') {
    const message = `is a canary in \`${entry.list}\`; traffic cannot be moved and watched once the run has ended`;
    check.report('wrong-value', ['canary'], message);
  }
  for (const key of ['baseline', 'candidate'] as const)
    check.template(canary[key], ['canary', key], { names: [] });
  if (canary.baseline === canary.candidate && !hasExpression(canary.baseline)) {
    const message = `\`canary.candidate\` is the same version as \`canary.baseline\`, ${shown(canary.baseline)}`;
    check.report('wrong-value', ['canary', 'candidate'], message);
  }
  checkTarget(check);
  checkCanarySteps(check);
  checkKpis(check);
  checkPeople(check);
}

function canaryCheck(
  entry: StageEntry,
  canary: CanaryDefinition,
  placeOf: PlaceOf,
  reporter: Reporter,
): CanaryCheck {
  const place: CanaryCheck['place'] = (path, names) => ({ ...placeOf(path), items: names });
  return {
    canary,
    entry,
    place,
    report: (code, path, message) =>
      reporter.report({
        code,
        path: [...entry.path, ...path],
        key: code === 'key-not-for-kind',
        message,
        stage: entry.label,
      }),
    template: (value, path, { names, secrets = false }) => {
      if (value !== undefined) checkTemplate(value, { ...place(path, names), secrets });
    },
  };
}

function checkTarget(check: CanaryCheck): void {
  const { canary, entry, report, template } = check;
  const { target } = canary;
  const at = ['canary', 'target'];
  if (!hasOne(check, at, target, ['router', 'uses', 'http'])) return;
  template(target.service, [...at, 'service'], { names: [] });
  template(target.router, [...at, 'router'], { names: [] });
  template(target.with, [...at, 'with'], { names: TARGET_NAMES, secrets: true });
  template(target.http?.url, [...at, 'http', 'url'], { names: TARGET_NAMES, secrets: true });
  template(target.http?.headers, [...at, 'http', 'headers'], { names: TARGET_NAMES, secrets: true });
  template(target.http?.body, [...at, 'http', 'body'], { names: TARGET_NAMES });
  checkUses(check, [...at, 'uses'], target.uses);
  if (target.router !== undefined && target.service === undefined) {
    report('missing-key', at, '`canary.target` must name the `service` of the router');
  }
  checkUrl(check, [...at, 'router'], target.router);
  checkUrl(check, [...at, 'http', 'url'], target.http?.url);
  if (target.with !== undefined && target.uses === undefined) {
    report('key-not-for-kind', [...at, 'with'], '`canary.target.with` goes only with `canary.target.uses`');
  }
  if (target.uses !== undefined && target.with === undefined) {
    const message = `\`canary.target.with\` is missing: give "${target.uses}" the weight, such as \`{ weights: "\${{ weights }}" }\``;
    report('missing-key', at, message);
  }
  checkNoExpressions(
    target.http?.method,
    [...entry.path, ...at, 'http', 'method'],
    entry.label,
    check.place(at, []).reporter,
  );
}

function checkPeople({ canary, report, template }: CanaryCheck): void {
  const { approval, promote = 'automatic', inconclusive = 'ask' } = canary;
  if (approval === undefined) return;
  const at = ['canary', 'approval'];
  template(approval.approvers, [...at, 'approvers'], { names: [] });
  if (promote === 'automatic' && inconclusive !== 'ask') {
    const message =
      '`canary.approval` goes only with `promote: approval` or `inconclusive: ask`: nobody is asked here';
    report('key-not-for-kind', at, message);
  }
  if (approval.on_timeout !== undefined && approval.timeout === undefined) {
    const message = '`canary.approval.on_timeout` goes only with `canary.approval.timeout`';
    report('key-not-for-kind', [...at, 'on_timeout'], message);
  }
  if (approval.on_timeout === 'promote' && promote === 'automatic') {
    const message =
      '`canary.approval.on_timeout: promote` goes only with `promote: approval`; an inconclusive step is rolled back';
    report('wrong-value', [...at, 'on_timeout'], message);
  }
  const { approvers = [], required = 1 } = approval;
  const names = typeof approvers === 'string' ? [approvers] : approvers;
  const people = new Set(names).size;
  if (people === 0 || required <= people || names.some((name) => hasExpression(name))) return;
  const message = `\`required\` is ${required}, but \`approvers\` names ${people === 1 ? 'one person' : `${people} people`}`;
  report('wrong-value', [...at, 'required'], message);
}
