import type { Json } from '../../shared/json.js';
import { ANSWER_NAMES, KPI_NAMES } from '../../engine/canary-plan.js';
import { declareItemName } from '../../expressions/environment.js';
import { inspectExpression } from '../../expressions/inspect.js';
import { type CanaryCheck, checkUrl, checkUses, hasOne } from './canary-check.js';
import { checkExpression } from './check-expression.js';

type KpiDefinition = CanaryCheck['canary']['kpis'][number];

/** Checks the KPIs of a canary: each has one source and at least one bound. */
export function checkKpis(check: CanaryCheck): void {
  for (const name of ANSWER_NAMES) declareItemName(name);
  const seen = new Set<string>();
  for (const [i, kpi] of check.canary.kpis.entries()) {
    const at = ['canary', 'kpis', i];
    if (seen.has(kpi.name)) {
      check.report('duplicate-item', [...at, 'name'], `\`canary.kpis\` has two KPIs named "${kpi.name}"`);
    }
    seen.add(kpi.name);
    checkSource(check, kpi, at);
    checkBounds(check, kpi, at);
    checkSamples(check, kpi, at);
  }
}

function checkSource(check: CanaryCheck, kpi: KpiDefinition, at: readonly (string | number)[]): void {
  const { template, report } = check;
  const names = { names: KPI_NAMES };
  const open = { names: KPI_NAMES, secrets: true };
  const { prometheus, http } = kpi;
  if (!hasOne(check, at, kpi, ['prometheus', 'http', 'uses'])) return;
  template(kpi.with, [...at, 'with'], open);
  template(prometheus?.query, [...at, 'prometheus', 'query'], names);
  template(prometheus?.samples, [...at, 'prometheus', 'samples'], names);
  for (const [key, source] of Object.entries({ prometheus, http })) {
    template(source?.url, [...at, key, 'url'], open);
    template(source?.headers, [...at, key, 'headers'], open);
    checkUrl(check, [...at, key, 'url'], source?.url);
  }
  checkUses(check, [...at, 'uses'], kpi.uses);
  if (http !== undefined) {
    checkAnswer(check, http.value, [...at, 'http', 'value']);
    if (http.samples !== undefined) checkAnswer(check, http.samples, [...at, 'http', 'samples']);
  }
  if (kpi.with !== undefined && kpi.uses === undefined) {
    report('key-not-for-kind', [...at, 'with'], '`with` of a KPI goes only with `uses`');
  }
}

/** The worker evaluates it, which knows the answer but not the run. */
function checkAnswer({ place }: CanaryCheck, source: string, path: readonly (string | number)[]): void {
  const at = { ...place(path, ANSWER_NAMES), start: 0 };
  const { reporter, stage } = at;
  const braces = source.indexOf('${{');
  const key = String(path.at(-1));
  if (braces !== -1) {
    const message = `\`${key}\` is an expression by itself; write it without \`\${{ }}\``;
    return reporter.report({ code: 'bad-expression', path: at.path, offset: braces, message, stage });
  }
  const names = inspectExpression(source).names ?? [];
  const foreign = names.find(({ root }) =>
    ['inputs', 'variables', 'stages', 'state', 'metrics', 'run'].includes(root),
  );
  if (foreign === undefined) return checkExpression(source, at);
  const message = `\`${key}\` cannot read \`${foreign.root}\`: it is evaluated over the answer. Names here: ${ANSWER_NAMES.join(', ')}`;
  reporter.report({ code: 'unknown-name', path: at.path, offset: foreign.offset, message, stage });
}

function checkBounds(
  { report, template }: CanaryCheck,
  kpi: KpiDefinition,
  at: readonly (string | number)[],
): void {
  const { min, max, baseline, min_samples } = kpi;
  for (const [key, value] of Object.entries({ min, max, baseline, min_samples })) {
    template(value as Json | undefined, [...at, key], { names: [] });
  }
  const compared = Object.values(baseline ?? {}).filter((bound) => bound !== undefined);
  if (baseline !== undefined && compared.length === 0) {
    const message = `\`baseline\` of KPI "${kpi.name}" bounds nothing; give it one of: max_ratio, min_ratio, max_increase, max_decrease`;
    report('missing-key', [...at, 'baseline'], message);
  } else if (min === undefined && max === undefined && compared.length === 0) {
    report('missing-key', at, `has no bound for KPI "${kpi.name}"; give it \`min\`, \`max\` or \`baseline\``);
  }
  if (typeof min === 'number' && typeof max === 'number' && min > max) {
    report(
      'wrong-value',
      [...at, 'min'],
      `\`min\` of KPI "${kpi.name}" is ${min}, above its \`max\` of ${max}`,
    );
  }
}

function checkSamples(
  { canary, report }: CanaryCheck,
  kpi: KpiDefinition,
  at: readonly (string | number)[],
): void {
  const needed = kpi.min_samples ?? canary.min_samples ?? 0;
  const key = kpi.prometheus === undefined ? 'http' : 'prometheus';
  const source = kpi.prometheus ?? kpi.http;
  if (needed === 0 || source === undefined || source.samples !== undefined) return;
  const what = key === 'http' ? 'an expression' : 'a query';
  const message = `needs ${needed} samples of KPI "${kpi.name}", which does not say how many there are: add \`${key}.samples\`, ${what} that gives the number, or set its \`min_samples\` to 0`;
  report('missing-key', [...at, key], message);
}
