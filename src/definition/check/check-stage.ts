import { parseDuration, DURATION_FORM } from '../../shared/duration.js';
import { INSTANT_FORM, isInstant } from '../../shared/instant.js';
import type { Json } from '../../shared/json.js';
import { hasExpression } from '../../expressions/inspect.js';
import type { StageEntry } from '../draft.js';
import { poolUses } from '../plan/build-pools.js';
import type { Reporter } from '../reporter.js';
import { shown } from '../schema/report-issues.js';
import { checkCacheKey } from './check-cache-key.js';
import { checkApproval } from './check-approval.js';
import { checkCanary } from './check-canary.js';
import { checkExpression } from './check-expression.js';
import { checkMap, itemNames } from './check-map.js';
import { checkNoExpressions, checkTemplate } from './check-template.js';
import type { Names } from './names.js';

/** Keys of a stage whose strings are looked at by {@link checkStage} itself. */
const EVALUATED = new Set([
  'cache',
  'condition',
  'with',
  'run',
  'env',
  'http',
  'gate',
  'set',
  'sleep',
  'until',
  'wait_for',
  'fallback',
  'map',
  'undo',
  'approval',
  'canary',
  'pool',
]);

export type StageUses = ReadonlySet<string>;

/** Checks the expressions of a stage and the values that only its kind understands. Gives the stages it uses. */
export function checkStage(entry: StageEntry, names: Names, reporter: Reporter): StageUses {
  const used = new Set<string>();
  const check = new StageCheck(entry, names, reporter, used);
  check.run();
  return used;
}

class StageCheck {
  readonly #entry: StageEntry;
  readonly #names: Names;
  readonly #reporter: Reporter;
  readonly #used: Set<string>;
  readonly #items: readonly string[];

  constructor(entry: StageEntry, names: Names, reporter: Reporter, used: Set<string>) {
    this.#entry = entry;
    this.#names = names;
    this.#reporter = reporter;
    this.#used = used;
    this.#items = itemNames(entry);
  }

  run(): void {
    const { data, path, label } = this.#entry;
    for (const [key, value] of Object.entries(data)) {
      if (!EVALUATED.has(key)) checkNoExpressions(value as Json, [...path, key], label, this.#reporter);
    }
    if (data.mode === 'local' && data.task_queue !== undefined) {
      const message = '`task_queue` does not fit `mode: local`, which runs on the worker of the run';
      this.#report('key-not-for-kind', ['task_queue'], message);
    }
    checkMap(this.#entry, this.#place([]), this.#reporter);
    if (typeof data.condition === 'string') this.#bare(data.condition, ['condition']);
    this.#template(data.with, ['with'], this.#entry.kind !== 'pipeline');
    this.#template(data.env, ['env'], true);
    if (typeof data.cache === 'object') this.#template(data.cache.key, ['cache', 'key'], false);
    checkCacheKey(this.#entry, this.#reporter);
    for (const [i, use] of poolUses(data.pool).entries()) {
      if (use.key !== null)
        this.#template(use.key, ['pool', ...(Array.isArray(data.pool) ? [i] : []), 'key'], false);
    }
    this.#checkRun(data.run);
    this.#checkHttp(data.http);
    for (const [i, check] of data.gate?.checks.entries() ?? []) {
      checkNoExpressions(check.name, [...path, 'gate', 'checks', i, 'name'], label, this.#reporter);
      this.#bare(check.assert, ['gate', 'checks', i, 'assert']);
    }
    this.#template(data.set as Json | undefined, ['set'], false);
    this.#checkTimes(data.sleep, data.until);
    this.#checkWait(data.wait_for);
    this.#template(data.fallback?.value, ['fallback', 'value'], false);
    this.#template(data.fallback?.with, ['fallback', 'with'], true);
    checkApproval(this.#entry, (keys) => this.#place(keys), this.#reporter);
    checkCanary(this.#entry, (keys) => this.#place(keys), this.#reporter);
  }

  #place(keys: readonly (string | number)[]) {
    const { path, label, list } = this.#entry;
    return {
      path: [...path, ...keys],
      stage: label,
      list,
      names: this.#names,
      reporter: this.#reporter,
      // The condition is judged before there is any item.
      items: keys[0] === 'condition' ? [] : this.#items,
      uses: (stage: string) => this.#used.add(stage),
    };
  }

  #template(value: Json | undefined, keys: readonly (string | number)[], secrets: boolean): void {
    if (value !== undefined) checkTemplate(value, { ...this.#place(keys), secrets });
  }

  #bare(source: string, keys: readonly (string | number)[]): void {
    const place = this.#place(keys);
    const braces = source.indexOf('${{');
    if (braces === -1) return checkExpression(source, { ...place, start: 0 }, 'bool');
    const message = `\`${String(keys.at(-1))}\` is an expression by itself; write it without \`\${{ }}\``;
    this.#reporter.report({
      code: 'bad-expression',
      path: place.path,
      offset: braces,
      message,
      stage: place.stage,
    });
  }

  #checkRun(run: string | readonly string[] | undefined): void {
    if (run === undefined) return;
    if (typeof run !== 'string') return this.#template(run, ['run'], false);
    const offset = run.indexOf('${{');
    if (offset === -1) return;
    const message =
      'gives its command as one string, which cannot hold `${{ }}`: the shell would run what the value says. Pass the value by `env`, or give the command as a list';
    this.#report('expression-in-shell', ['run'], message, offset);
  }

  #checkHttp(http: StageEntry['data']['http']): void {
    if (http === undefined) return;
    const { url, headers, query, body, method, response } = http;
    this.#template(url, ['http', 'url'], true);
    this.#template(headers, ['http', 'headers'], true);
    this.#template(query, ['http', 'query'], false);
    this.#template(body, ['http', 'body'], false);
    for (const [key, value] of Object.entries({ method, response })) {
      checkNoExpressions(value, [...this.#entry.path, 'http', key], this.#entry.label, this.#reporter);
    }
    if (hasExpression(url) || isWebUrl(url)) return;
    this.#report(
      'wrong-value',
      ['http', 'url'],
      `\`http.url\` must be a full http or https URL, got ${shown(url)}`,
    );
  }

  #checkTimes(sleep: string | number | undefined, until: string | undefined): void {
    if (sleep !== undefined) {
      if (typeof sleep === 'string' && hasExpression(sleep)) this.#template(sleep, ['sleep'], false);
      else if (parseDuration(sleep) === null) {
        this.#report('bad-duration', ['sleep'], `\`sleep\` must be ${DURATION_FORM}, got ${shown(sleep)}`);
      }
    }
    if (until === undefined) return;
    if (hasExpression(until)) return this.#template(until, ['until'], false);
    if (isInstant(until)) return;
    const message = `\`until\` must be ${INSTANT_FORM}, got ${shown(until)}`;
    this.#report('wrong-value', ['until'], message);
  }

  #checkWait(wait: StageEntry['data']['wait_for']): void {
    if (wait === undefined) return;
    const { path, label, raw } = this.#entry;
    this.#template(wait.with, ['wait_for', 'with'], true);
    this.#template(wait.file, ['wait_for', 'file'], false);
    for (const key of ['uses', 'pipeline'] as const) {
      checkNoExpressions(wait[key], [...path, 'wait_for', key], label, this.#reporter);
    }
    const written = Object.keys(raw['wait_for'] as object);
    const targets = ['uses', 'pipeline', 'file'].filter((key) => written.includes(key));
    if (targets.length !== 1) {
      const found = targets.length === 0 ? 'none' : targets.join(', ');
      const message = `\`wait_for\` must have one of: uses, pipeline, file; it has ${found}`;
      this.#report(targets.length === 0 ? 'no-kind' : 'several-kinds', ['wait_for'], message);
      return;
    }
    const [target] = targets;
    if (wait.with !== undefined && target !== 'uses') this.#misfit('with', 'uses');
    if (wait.max_age !== undefined && target !== 'pipeline') this.#misfit('max_age', 'pipeline');
  }

  #misfit(key: string, fitting: string): void {
    const message = `\`wait_for.${key}\` goes only with \`wait_for.${fitting}\``;
    this.#report('key-not-for-kind', ['wait_for', key], message);
  }

  #report(
    code: Parameters<Reporter['report']>[0]['code'],
    keys: readonly (string | number)[],
    message: string,
    offset?: number,
  ): void {
    const path = [...this.#entry.path, ...keys];
    const place = offset === undefined ? {} : { offset };
    this.#reporter.report({ code, path, message, stage: this.#entry.label, ...place });
  }
}

function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
